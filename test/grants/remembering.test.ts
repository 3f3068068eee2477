/** What is wrong with what a config says about asking, all at once, and never thrown. */
import { describe, expect, it } from 'vitest';
import { type AuthConfig, type ConfigProblem, remembering, requestable } from '../../index.ts';
import { testEndpoint } from '../core/auth-request.ts';

const RULES: AuthConfig['rules'] = [{ name: 'all', grant: { lobby: ['subscribe'] } }];
const check = () => true;
const entry = { resource: 'room:{id}', operations: ['publish'], check };

function problemsOf(config: object): readonly ConfigProblem[] {
  return testEndpoint({ rules: RULES, grants: remembering('client'), ...config }).problems;
}

describe('requestable', () => {
  it.each([
    ['a room', entry],
    ['a preset', { ...entry, operations: ['preset:chat-room'] }],
    ['every operation in one room', { ...entry, operations: ['*'] }],
    ['no placeholder', { ...entry, resource: 'lounge' }],
    ['all that there is', { ...entry, name: 'rooms', when: { kind: ['user', 'guest'], claims: { role: 'x' } } }],
  ])('may be %s', (_, written) => {
    expect(problemsOf({ requestable: [written] })).toEqual([]);
  });

  it.each([
    ['a wildcard', { ...entry, resource: 'room:{id}:*' }],
    ['a qualifier', { ...entry, resource: '[meta]room:{id}' }],
    ['a placeholder in a qualifier', { ...entry, resource: '[{id}]room' }],
    ['parameters', { ...entry, resource: 'room:{id}?rewind=1' }],
    ['two placeholders in a segment', { ...entry, resource: 'room:{a}{b}' }],
    ['one placeholder twice', { ...entry, resource: 'room:{id}:{id}' }],
    ['a placeholder that check has already', { ...entry, resource: 'room:{identity}' }],
    ['another one', { ...entry, resource: 'room:{signal}' }],
    ['a path', { ...entry, resource: 'room:{a.b}' }],
    ['an encoded one', { ...entry, resource: 'room:{id|segment}' }],
    ['a quoted one', { ...entry, resource: 'room:{"id"}' }],
    ['__proto__', { ...entry, resource: 'room:{__proto__}' }],
    ['a brace', { ...entry, resource: 'room:{id' }],
    ['nothing', { ...entry, resource: '' }],
    ['no text', { ...entry, resource: 7 }],
    ['an unknown operation', { ...entry, operations: ['fly'] }],
    ['no operation', { ...entry, operations: [] }],
    ['no operations', { resource: 'room:{id}', check }],
    ['no check', { resource: 'room:{id}', operations: ['publish'] }],
    ['a check that is none', { ...entry, check: true }],
    ['a misspelt property', { ...entry, wen: { kind: 'user' } }],
    ['a function for whom', { ...entry, when: () => true }],
    ['a function in whom', { ...entry, when: { test: () => true } }],
    ['an unknown kind', { ...entry, when: { kind: 'robot' } }],
    ['a claim that cannot be read', { ...entry, when: { claims: { 'a..b': 1 } } }],
    ['an empty name', { ...entry, name: '' }],
    ['null', null],
    ['text', 'room:{id}'],
  ])('may not be %s', (_, written) => {
    const problems = problemsOf({ requestable: [written] });
    expect(problems.length).toBeGreaterThan(0);
    for (const { setting } of problems) expect(setting).toMatch(/^requestable\[0\]/);
  });

  it.each([[{}], ['x'], [null]])('may not be %j itself', (requestable) => {
    expect(problemsOf({ requestable }).map(({ setting }) => setting)).toEqual(['requestable']);
  });

  it('has names of its own', () => {
    expect(problemsOf({ requestable: [entry, { ...entry }] })).toMatchObject([{ setting: 'requestable[1].name' }]);
    expect(problemsOf({ requestable: [entry, { ...entry, name: 'hosts' }] })).toEqual([]);
  });
});

describe('grants', () => {
  it.each([
    ['nothing', {}],
    ['client', { maxAge: '1m' }],
    ['client', { maxAge: '30d', onRefused: 'all-or-nothing', policyVersion: '7' }],
  ] as const)('may be remembering(%j, %j)', (where, options) => {
    const grants = remembering(where, options);
    expect(problemsOf({ requestable: [entry], grants })).toEqual([]);
    expect(problemsOf({ grants })).toEqual([]);
  });

  it.each([
    ['everywhere', {}, 'grants'],
    ['client', { maxAge: '59s' }, 'grants.maxAge'],
    ['client', { maxAge: '31d' }, 'grants.maxAge'],
    ['client', { maxAge: 24 }, 'grants.maxAge'],
    ['client', { onRefused: 'panic' }, 'grants.onRefused'],
    ['client', { policyVersion: '' }, 'grants.policyVersion'],
    ['client', { policyVersion: 7 }, 'grants.policyVersion'],
    ['client', { maxage: '1h' }, 'grants.maxage'],
    ['client', 'x', 'grants'],
  ])('may not be remembering(%j, %j)', (where, options, setting) => {
    const grants = remembering(where as 'client', options as object);
    expect(problemsOf({ requestable: [entry], grants })).toMatchObject([{ setting }]);
  });

  it.each([undefined, null, {}, 'client', { remember: 'client' }])('may not be %j beside requestable', (grants) => {
    expect(problemsOf({ requestable: [entry], grants })).toMatchObject([{ setting: 'grants' }]);
  });
});

describe('requestable()', () => {
  it('lets only the placeholders of its resource compile, and changes nothing', () => {
    const written = requestable({
      resource: 'org:{org}:room:{id}',
      operations: ['publish'],
      check: ({ org, id, identity, signal }) => !signal.aborted && [org, id, identity.subject].every(Boolean),
    });
    expect(problemsOf({ requestable: [written] })).toEqual([]);
    // @ts-expect-error room is none of its placeholders
    requestable({ resource: 'room:{id}', operations: ['publish'], check: ({ room }) => room === '7' });
    // @ts-expect-error fly is no operation
    requestable({ resource: 'room:{id}', operations: ['fly'], check: () => true });
  });
});
