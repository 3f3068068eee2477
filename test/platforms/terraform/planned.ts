/**
 * What Terraform plans and what CloudFormation makes, brought to one form: by a name of its own each, the properties that
 * both know before anything is deployed. What a rule covers nowhere else, the rights, is in the module's own tests.
 */
import type { Stack } from '../../infra/cloudformation.ts';

export type Facts = Readonly<Record<string, unknown>>;

interface PlannedResource {
  readonly type: string;
  readonly values: Readonly<Record<string, never>>;
}

export interface Plan {
  readonly planned_values: {
    readonly root_module: { readonly child_modules: readonly [{ readonly resources: readonly PlannedResource[] }] };
  };
}

/** Attributes of the one as paths in the other. Lists of one block are read through. */
const SAME: Readonly<Record<string, { readonly type: string; readonly key: string; readonly paths: Facts }>> = {
  aws_lambda_function: {
    type: 'AWS::Lambda::Function',
    key: 'FunctionName',
    paths: {
      function_name: 'FunctionName',
      description: 'Description',
      runtime: 'Runtime',
      architectures: 'Architectures',
      memory_size: 'MemorySize',
      timeout: 'Timeout',
      'tracing_config.mode': 'TracingConfig.Mode',
      'logging_config.log_format': 'LoggingConfig.LogFormat',
      'logging_config.system_log_level': 'LoggingConfig.SystemLogLevel',
      'environment.variables': 'Environment.Variables',
      reserved_concurrent_executions: 'ReservedConcurrentExecutions',
    },
  },
  aws_cloudwatch_log_group: {
    type: 'AWS::Logs::LogGroup',
    key: 'LogGroupName',
    paths: { name: 'LogGroupName', retention_in_days: 'RetentionInDays' },
  },
  aws_cloudwatch_log_metric_filter: {
    type: 'AWS::Logs::MetricFilter',
    key: 'MetricTransformations.MetricName',
    paths: {
      pattern: 'FilterPattern',
      'metric_transformation.name': 'MetricTransformations.MetricName',
      'metric_transformation.namespace': 'MetricTransformations.MetricNamespace',
      'metric_transformation.value': 'MetricTransformations.MetricValue',
      'metric_transformation.default_value': 'MetricTransformations.DefaultValue',
    },
  },
  aws_cloudwatch_metric_alarm: {
    type: 'AWS::CloudWatch::Alarm',
    key: 'AlarmName',
    paths: {
      alarm_name: 'AlarmName',
      alarm_description: 'AlarmDescription',
      namespace: 'Namespace',
      metric_name: 'MetricName',
      statistic: 'Statistic',
      extended_statistic: 'ExtendedStatistic',
      period: 'Period',
      evaluation_periods: 'EvaluationPeriods',
      datapoints_to_alarm: 'DatapointsToAlarm',
      threshold: 'Threshold',
      comparison_operator: 'ComparisonOperator',
      treat_missing_data: 'TreatMissingData',
      alarm_actions: 'AlarmActions',
    },
  },
  aws_apigatewayv2_api: {
    type: 'AWS::ApiGatewayV2::Api',
    key: 'Name',
    paths: {
      name: 'Name',
      protocol_type: 'ProtocolType',
      'cors_configuration.allow_origins': 'CorsConfiguration.AllowOrigins',
      'cors_configuration.allow_methods': 'CorsConfiguration.AllowMethods',
      'cors_configuration.allow_headers': 'CorsConfiguration.AllowHeaders',
      'cors_configuration.expose_headers': 'CorsConfiguration.ExposeHeaders',
      'cors_configuration.allow_credentials': 'CorsConfiguration.AllowCredentials',
      'cors_configuration.max_age': 'CorsConfiguration.MaxAge',
    },
  },
  aws_apigatewayv2_route: {
    type: 'AWS::ApiGatewayV2::Route',
    key: 'RouteKey',
    paths: { route_key: 'RouteKey', authorization_type: 'AuthorizationType' },
  },
  aws_apigatewayv2_integration: {
    type: 'AWS::ApiGatewayV2::Integration',
    key: 'IntegrationType',
    paths: {
      integration_type: 'IntegrationType',
      payload_format_version: 'PayloadFormatVersion',
      timeout_milliseconds: 'TimeoutInMillis',
    },
  },
  aws_apigatewayv2_stage: {
    type: 'AWS::ApiGatewayV2::Stage',
    key: 'StageName',
    paths: {
      name: 'StageName',
      auto_deploy: 'AutoDeploy',
      'default_route_settings.throttling_rate_limit': 'DefaultRouteSettings.ThrottlingRateLimit',
      'default_route_settings.throttling_burst_limit': 'DefaultRouteSettings.ThrottlingBurstLimit',
      'default_route_settings.detailed_metrics_enabled': 'DefaultRouteSettings.DetailedMetricsEnabled',
      'access_log_settings.format': 'AccessLogSettings.Format',
    },
  },
  aws_apigatewayv2_authorizer: {
    type: 'AWS::ApiGatewayV2::Authorizer',
    key: 'Name',
    paths: {
      name: 'Name',
      authorizer_type: 'AuthorizerType',
      identity_sources: 'IdentitySource',
      'jwt_configuration.issuer': 'JwtConfiguration.Issuer',
      'jwt_configuration.audience': 'JwtConfiguration.Audience',
    },
  },
  aws_apigatewayv2_domain_name: {
    type: 'AWS::ApiGatewayV2::DomainName',
    key: 'DomainName',
    paths: {
      domain_name: 'DomainName',
      'domain_name_configuration.certificate_arn': 'DomainNameConfigurations.CertificateArn',
      'domain_name_configuration.security_policy': 'DomainNameConfigurations.SecurityPolicy',
    },
  },
  aws_dynamodb_table: {
    type: 'AWS::DynamoDB::Table',
    key: 'TableName',
    paths: {
      name: 'TableName',
      billing_mode: 'BillingMode',
      hash_key: 'KeySchema.AttributeName',
      'attribute.type': 'AttributeDefinitions.AttributeType',
      'ttl.attribute_name': 'TimeToLiveSpecification.AttributeName',
      'point_in_time_recovery.enabled': 'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled',
    },
  },
};

export function factsOfPlan({ planned_values }: Plan): Facts {
  const [{ resources }] = planned_values.root_module.child_modules;
  return Object.fromEntries(
    resources.flatMap(({ type, values }) => {
      const rule = SAME[type];
      if (!rule) return [];
      const keyPath = Object.entries(rule.paths).find(([, theirs]) => theirs === rule.key)?.[0] ?? '';
      const found = Object.entries(rule.paths).map(([ours, theirs]) => [
        theirs,
        plain(at(values, ours), String(theirs)),
      ]);
      return [[`${rule.type} ${String(at(values, keyPath))}`, present(found)]];
    }),
  );
}

/** @param names what resources that are known by reference only are called */
export function factsOfStack({ resources }: Stack, names: Readonly<Record<string, string>>): Facts {
  return Object.fromEntries(
    Object.values(resources).flatMap(({ Type, Properties }) => {
      const rule = Object.values(SAME).find(({ type }) => type === Type);
      if (!rule) return [];
      const named = JSON.parse(
        JSON.stringify(Properties).replaceAll(/<(\w+)>/g, (all, id: string) => names[id] ?? all),
      ) as Facts;
      const found = Object.values(rule.paths).map((path) => [path, plain(at(named, String(path)), String(path))]);
      return [[`${Type} ${String(at(named, rule.key))}`, present(found)]];
    }),
  );
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((reached, name) => {
    const inside = Array.isArray(reached) ? reached[0] : reached;
    return (inside as Record<string, unknown> | null | undefined)?.[name];
  }, value);
}

/** Numbers as text, sets in order, JSON by what it says; nothing, however it is written, as nothing. */
function plain(value: unknown, path: string): unknown {
  if (value === null || value === -1 || (Array.isArray(value) && value.length === 0)) return undefined;
  if (Array.isArray(value)) return value.map(String).sort();
  if (path.endsWith('.Format')) return JSON.parse(String(value));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function present(entries: readonly (readonly unknown[])[]): Facts {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
