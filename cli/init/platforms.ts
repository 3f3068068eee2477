/**
 * The platforms that `init` knows: the function's own file on each, what makes a project of an empty folder, and how it goes on
 * from there. What infra/ ships for Vercel and Netlify is the same text; a test holds them equal.
 */
export interface NewFile {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
}

export interface PlatformChoice {
  /** For a person who chooses. */
  readonly about: string;
  readonly entry: NewFile;
  /** What an empty folder gets beside it. */
  readonly project: readonly NewFile[];
  /** A file, or a dependency in package.json, by which such a project is known. */
  readonly knownBy: readonly string[];
  /** What is left to do, after the dependencies are installed. */
  readonly next: readonly string[];
}

const ROBOTS: NewFile = { path: 'public/robots.txt', text: 'User-agent: *\nDisallow: /\n' };
const KEEP_KEY = 'Set ABLY_API_KEY on the platform as a secret';

export const PLATFORMS: Readonly<Record<string, PlatformChoice>> = {
  vercel: {
    about: 'Vercel functions',
    entry: {
      path: 'api/ably-auth.ts',
      text: handler('vercel', '../auth.config.js', 'export default createHandler(auth);'),
    },
    project: [
      packageJson('ably-auth-on-vercel', '24.x'),
      tsconfig('api'),
      {
        path: 'vercel.json',
        text: `{
  "$schema": "https://openapi.vercel.sh/vercel.json",
  "framework": null,
  "outputDirectory": "public",
  "functions": { "api/ably-auth.ts": { "maxDuration": 10 } }
}
`,
      },
      ROBOTS,
      gitignore('.vercel/'),
      { path: '.vercelignore', text: '.env\n.env.*\nREADME.md\n' },
    ],
    knownBy: ['vercel.json', '.vercel'],
    next: [`${KEEP_KEY}: npx vercel env add ABLY_API_KEY production --sensitive`, 'npx vercel deploy --prod'],
  },
  nextjs: {
    about: 'a route of Next.js (App Router)',
    entry: {
      path: 'app/api/ably-auth/route.ts',
      text: `import { createHandler } from 'ably-auth-functions/fetch';
import auth from '../../../auth.config';

// Asked anew by every caller, and signed with node:crypto.
export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const GET = createHandler(auth);
export const POST = GET;
export const OPTIONS = GET;
`,
    },
    project: [],
    knownBy: ['next.config.js', 'next.config.mjs', 'next.config.ts', 'next'],
    next: ['Set ABLY_API_KEY where it runs, as a secret; here in .env.local', 'npm run dev'],
  },
  netlify: {
    about: 'Netlify functions',
    entry: {
      path: 'netlify/functions/ably-auth.ts',
      text: handler(
        'netlify',
        '../../auth.config.js',
        `export default createHandler(auth);

// Read by Netlify without running the file, so it stays a literal. No \`method\`: preflights would never arrive.
export const config = { path: '/api/ably-auth' };`,
      ),
    },
    project: [
      packageJson('ably-auth-on-netlify', '24.x', { '@netlify/functions': '^5.3.0' }),
      tsconfig('netlify'),
      {
        path: 'netlify.toml',
        text: `[build]
  # Nothing but this folder is served as files.
  publish = "public"

[functions]
  directory = "netlify/functions"
  node_bundler = "esbuild"

[template.environment]
  ABLY_API_KEY = "Your Ably API key, appId.keyId:secret"
  ABLY_AUTH_SESSION_SECRET = "32 random bytes or more; leave empty when only visitors connect"
  ABLY_AUTH_ALLOWED_ORIGINS = "Origins of your pages, such as https://app.example"
`,
      },
      ROBOTS,
      gitignore('.netlify/'),
    ],
    knownBy: ['netlify.toml', '.netlify'],
    next: [`${KEEP_KEY}: in the site’s settings, for functions`, 'npx netlify deploy --prod'],
  },
  'aws-lambda': {
    about: 'AWS Lambda, behind an HTTP API, a REST API, a load balancer or a function URL',
    entry: {
      path: 'lambda/ably-auth.ts',
      text: handler('aws-lambda', '../auth.config.js', 'export const handler = createHandler(auth);'),
    },
    project: [
      packageJson(
        'ably-auth-on-lambda',
        '>=20.19',
        { esbuild: '^0.28.0' },
        {
          build:
            'esbuild lambda/ably-auth.ts --bundle --splitting --platform=node --format=esm --target=node24 --out-extension:.js=.mjs --outdir=dist',
        },
      ),
      tsconfig('lambda'),
      gitignore('dist/'),
    ],
    knownBy: ['serverless.yml', 'template.yaml', 'template.yml', 'samconfig.toml', 'cdk.json'],
    next: [
      'Bundle lambda/ably-auth.ts with your tool, all methods of /api/ably-auth to its `handler`; Node 22 or later',
      'Keep the key in Secrets Manager, ABLY_API_KEY_SECRET_ID says which; the role may read it (secretsmanager:GetSecretValue)',
    ],
  },
  node: {
    about: 'a Node server: of its own, or inside Express, Fastify …',
    entry: {
      path: 'ably-auth-server.ts',
      text: `/** Listens on HOST and PORT. In a server that you have: \`app.use('/api/ably-auth', createHandler(auth))\`. */
import { createServer } from 'node:http';
import { createHandler } from 'ably-auth-functions/node';
import auth from './auth.config.js';

const handle = createHandler(auth);
const server = createServer((request, response) => {
  if (request.url?.split('?')[0] === '/api/ably-auth') handle(request, response);
  else response.writeHead(404).end();
});
server.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? '127.0.0.1', () => console.log(server.address()));
`,
    },
    project: [
      packageJson('ably-auth-server', '>=20.19', {}, { start: 'tsx --env-file=.env ably-auth-server.ts' }),
      tsconfig('ably-auth-server.ts'),
      gitignore(),
    ],
    knownBy: [],
    next: ['Put ABLY_API_KEY into .env', 'npx tsx --env-file=.env ably-auth-server.ts'],
  },
};

function handler(platform: string, config: string, rest: string): string {
  return `import { createHandler } from 'ably-auth-functions/${platform}';
import auth from '${config}';

${rest}
`;
}

function packageJson(
  name: string,
  node: string,
  devDependencies: Readonly<Record<string, string>> = {},
  scripts: Readonly<Record<string, string>> = {},
): NewFile {
  const manifest = {
    name,
    private: true,
    type: 'module',
    engines: { node },
    scripts: { ...scripts, test: 'tsx --test auth.config.test.ts' },
    dependencies: { 'ably-auth-functions': '^0.1.0' },
    devDependencies: { ...devDependencies, '@types/node': '^24.0.0', tsx: '^4.23.0', typescript: '^7.0.0' },
  };
  return { path: 'package.json', text: `${JSON.stringify(manifest, undefined, 2)}\n` };
}

function tsconfig(include: string): NewFile {
  return {
    path: 'tsconfig.json',
    text: `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "strict": true,
    "exactOptionalPropertyTypes": true,
    "types": ["node"],
    "typeRoots": ["./node_modules/@types"],
    "noEmit": true
  },
  "include": ["auth.config.ts", "auth.config.test.ts", "${include}"]
}
`,
  };
}

function gitignore(...more: readonly string[]): NewFile {
  return { path: '.gitignore', text: ['node_modules/', ...more, '.env', ''].join('\n') };
}
