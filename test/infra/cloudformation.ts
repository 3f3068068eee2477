/**
 * What CloudFormation makes of a template with given parameters, as far as ours go: conditions decided, intrinsic
 * functions worked out, what is left out gone. What only a deployed resource knows stays as `<Resource>` or
 * `<Resource.Attribute>`.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export interface CfnTemplate {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, CfnResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

export interface CfnResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Stack {
  readonly resources: Readonly<Record<string, CfnResource>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

type Values = Readonly<Record<string, unknown>>;

const NO_VALUE = Symbol('AWS::NoValue');

const PSEUDO: Values = {
  'AWS::NoValue': NO_VALUE,
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'a-stack',
};

/** @param nameOf gives a logical id as we write it, where a tool changes them */
export function deploy(
  template: CfnTemplate,
  parameters: Values = {},
  nameOf: (logicalId: string) => string = (id) => id,
): Stack {
  const defaults = Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [name, Default] as const);
  const given: Values = { ...PSEUDO, ...Object.fromEntries(defaults), ...parameters };

  const holds = (name: string): boolean => {
    if (!(name in (template.Conditions ?? {}))) throw new Error(`there is no condition ${name}`);
    return evaluate(template.Conditions?.[name]) === true;
  };

  const reference = (name: string): unknown => {
    if (name in given) {
      if (given[name] === undefined) throw new Error(`the parameter ${name} has no value`);
      const value = given[name];
      return value === NO_VALUE ? value : String(value);
    }
    const [id = '', ...attribute] = name.split('.');
    if (template.Resources[id] === undefined) throw new Error(`there is no resource ${id}`);
    return `<${[nameOf(id), ...attribute].join('.')}>`;
  };

  const substitute = (text: string, more: Values): string =>
    text.replaceAll(/\$\{([^!}]+)\}/g, (_, name: string) => String(name in more ? more[name] : reference(name)));

  const functions: Readonly<Record<string, (argument: never) => unknown>> = {
    Ref: (name: string) => reference(name),
    Condition: (name: string) => holds(name),
    'Fn::GetAtt': (path: string | readonly string[]) => reference(typeof path === 'string' ? path : path.join('.')),
    'Fn::If': ([name, yes, no]: readonly [string, unknown, unknown]) => evaluate(holds(name) ? yes : no),
    'Fn::Equals': ([one, other]: readonly unknown[]) => String(evaluate(one)) === String(evaluate(other)),
    'Fn::Not': ([one]: readonly unknown[]) => evaluate(one) !== true,
    'Fn::And': (all: readonly unknown[]) => all.every((each) => evaluate(each) === true),
    'Fn::Sub': (argument: string | readonly [string, object]) =>
      typeof argument === 'string'
        ? substitute(argument, {})
        : substitute(argument[0], evaluate(argument[1]) as Record<string, unknown>),
    'Fn::Join': ([by, parts]: readonly [string, unknown]) => (evaluate(parts) as readonly unknown[]).join(by),
    'Fn::Split': ([by, text]: readonly [string, unknown]) => String(evaluate(text)).split(by),
    'Fn::Select': ([index, list]: readonly [number, unknown]) => (evaluate(list) as readonly unknown[])[Number(index)],
  };

  function evaluate(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(evaluate).filter((each) => each !== NO_VALUE);
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value);
      const [only, ...others] = entries;
      const made = only && others.length === 0 ? functions[only[0]] : undefined;
      if (made && only) return made(only[1] as never);
      const unknown = entries.find(([name]) => name.startsWith('Fn::'));
      if (unknown) throw new Error(`${unknown[0]} is not known here`);
      const evaluated = entries.map(([name, each]) => [name, evaluate(each)] as const);
      return Object.fromEntries(evaluated.filter(([, each]) => each !== NO_VALUE));
    }
    // CloudFormation takes "30" for 30 and "true" for true, and parameters are text.
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  }

  const exists = ({ Condition }: { readonly Condition?: string }): boolean => !Condition || holds(Condition);
  return {
    resources: Object.fromEntries(
      Object.entries(template.Resources)
        .filter(([, resource]) => exists(resource))
        .map(([id, { Type, DeletionPolicy, Properties }]) => [
          nameOf(id),
          {
            Type,
            ...(DeletionPolicy && { DeletionPolicy }),
            Properties: evaluate(Properties) as CfnResource['Properties'],
          },
        ]),
    ),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs ?? {})
        .filter(([, output]) => exists(output))
        .map(([id, { Value }]) => [nameOf(id), evaluate(Value)]),
    ),
  };
}
