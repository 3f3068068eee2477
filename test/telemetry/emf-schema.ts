/**
 * What CloudWatch asks of a line in the embedded metric format, as its specification has it
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * as a JSON schema for the metadata, and as code for what refers from there to members of the line.
 */
import { Ajv } from 'ajv';

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
}

export interface EmfLine extends Readonly<Record<string, unknown>> {
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly Directive[] };
}

const RATES = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Bits', 'Kilobits', 'Megabits', 'Gigabits'];
const COUNTED = [...RATES, 'Terabits', 'Count'];
const UNITS = ['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'None', ...COUNTED];

const name = { type: 'string', minLength: 1, maxLength: 255 };
const METADATA = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      additionalProperties: false,
      properties: {
        Timestamp: { type: 'integer', minimum: 1_000_000_000_000 },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            additionalProperties: false,
            properties: {
              // The characters of a namespace, from the reference of PutMetricData.
              Namespace: { ...name, pattern: '^[^:][A-Za-z0-9./_#:-]*$' },
              // Thirty today, nine in the first edition.
              Dimensions: { type: 'array', minItems: 1, items: { type: 'array', maxItems: 9, items: name } },
              Metrics: {
                type: 'array',
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  additionalProperties: false,
                  properties: { Name: name, Unit: { enum: [...UNITS, ...COUNTED.map((unit) => `${unit}/Second`)] } },
                },
              },
            },
          },
        },
      },
    },
  },
};

const isFit = new Ajv({ strict: true }).compile(METADATA);

/** What is wrong with the line; nothing when CloudWatch will read it. */
export function emfProblems(line: string): readonly string[] {
  const record = JSON.parse(line) as EmfLine;
  if (!isFit(record)) return (isFit.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const problems: string[] = [];
  if (Buffer.byteLength(line) > 256 * 1024) problems.push('longer than an event of a log may be');
  for (const { Dimensions, Metrics } of record._aws.CloudWatchMetrics) {
    for (const key of Dimensions.flat()) {
      if (typeof record[key] !== 'string' || record[key] === '')
        problems.push(`dimension ${key} is no text in the line`);
    }
    for (const { Name } of Metrics) {
      if (typeof record[Name] !== 'number') problems.push(`metric ${Name} is no number in the line`);
    }
  }
  return problems;
}
