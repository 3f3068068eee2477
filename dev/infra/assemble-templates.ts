/**
 * The fragments of infra/aws/fragments, put together for the tools that cannot include files: AWS SAM, and plain
 * CloudFormation, which the CDK construct wraps.
 *
 * As text, section by section, so that the comments come along. The templates are checked in, and a test holds them to
 * what is made here. Adds only what a tool must say for itself: where the function's code lies.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In this order they are read; serverless.yml includes the same, but for the rules. */
const FRAGMENTS = [
  'parameters',
  'rules',
  'function',
  'role',
  'http-api',
  'store',
  'alarms',
  'dashboard',
  'outputs',
] as const;

const SECTIONS = ['Parameters', 'Rules', 'Conditions', 'Resources', 'Outputs'] as const;
type Section = (typeof SECTIONS)[number];

const MADE = '# Made by "npm run templates" from infra/aws/fragments: change those.';

export interface Template {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

export function assembleTemplates(root: string): readonly Template[] {
  const sections = readSections(join(root, 'infra/aws/fragments'));
  return [
    { path: 'infra/aws/sam/template.yml', text: samTemplate(sections) },
    { path: 'infra/aws/cloudformation.yml', text: plainTemplate(sections) },
  ];
}

function samTemplate(sections: ReadonlyMap<Section, string>): string {
  const intro = `${MADE}
# Build first, "npm run build -- aws-lambda", then "sam deploy --guided --template infra/aws/sam/template.yml".
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: The Ably auth endpoint behind an HTTP API
`;
  const template = intro + writeSections(sections);
  const asFunction = replaceOnce(
    template,
    '    Type: AWS::Lambda::Function\n    Properties:\n',
    '    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: ../../../dist/aws-lambda/\n      Handler: ably-auth.handler\n',
  );
  return replaceOnce(asFunction, '      TracingConfig:\n        Mode: {', '      Tracing: {');
}

function plainTemplate(sections: ReadonlyMap<Section, string>): string {
  const intro = `${MADE}
# For plain CloudFormation, and for the construct in infra/aws/cdk. The code is a zip of dist/aws-lambda in a bucket.
AWSTemplateFormatVersion: '2010-09-09'
Description: The Ably auth endpoint behind an HTTP API
`;
  const code = `  CodeBucket:
    Type: String
    Description: The S3 bucket of the function's code, in this region.
  CodeKey:
    Type: String
    Description: The key of the zip there. Another key for other code, or nothing is deployed.
`;
  const template =
    intro + writeSections(new Map(sections).set('Parameters', (sections.get('Parameters') ?? '') + code));
  return replaceOnce(
    template,
    '    Type: AWS::Lambda::Function\n    Properties:\n',
    '    Type: AWS::Lambda::Function\n    Properties:\n      Code: { S3Bucket: { Ref: CodeBucket }, S3Key: { Ref: CodeKey } }\n      Handler: ably-auth.handler\n',
  );
}

/** What stands below each top-level key, over all fragments; a fragment's first comment goes with its first section. */
function readSections(folder: string): ReadonlyMap<Section, string> {
  const sections = new Map<Section, string>();
  for (const fragment of FRAGMENTS) {
    const [comment = '', ...parts] = readFileSync(join(folder, `${fragment}.yml`), 'utf8').split(/^(?=[A-Z]\w+:$)/m);
    let pending = comment.trim().replaceAll(/^/gm, '  ');
    for (const part of parts) {
      const [key = '', body = ''] = part.split(/:\n([\s\S]*)/);
      const section = SECTIONS.find((name) => name === key);
      if (section === undefined) throw new Error(`${fragment}.yml has a section of an unknown name, ${key}`);
      sections.set(section, `${sections.get(section) ?? ''}${pending && `${pending}\n`}${body.trimEnd()}\n`);
      pending = '';
    }
  }
  return sections;
}

function writeSections(sections: ReadonlyMap<Section, string>): string {
  return SECTIONS.map((name) => `\n${name}:\n${sections.get(name)}`).join('');
}

function replaceOnce(text: string, what: string, by: string): string {
  const parts = text.split(what);
  if (parts.length !== 2) throw new Error(`the fragments have ${parts.length - 1} of ${JSON.stringify(what)}, not one`);
  return parts.join(by);
}
