# What wakes somebody up. Each in three periods of several, so that one slow call of Secrets Manager does not; and silence is
# not an alarm. The filters read our own log lines, as ABLY_AUTH_LOG=json writes them.

locals {
  namespace = "AblyAuth/${var.name}"

  filters = {
    KeySourceFailed = "{ ($.kind = \"key\") && (($.event = \"load-failed\") || ($.event = \"refresh-failed\") || ($.event = \"expired\")) }"
    Issued          = "{ $.kind = \"issued\" }"
    # Below 500: what the caller brought was not enough. The rest is ours, and the alarm on 5xx has it.
    Refused = "{ ($.kind = \"refused\") && ($.status < 500) }"
  }

  of_function = { FunctionName = aws_lambda_function.auth.function_name }

  alarms = {
    errors = {
      says = "The function crashes or times out. It answers its own failures, so this is a defect or a timeout."
      from = "AWS/Lambda", metric = "Errors", of = local.of_function, threshold = 1, statistic = "Sum", percentile = null, period = 60, periods = 5
    }
    throttles = {
      says = "Lambda turns requests away. Raise the account's concurrency or ReservedConcurrency."
      from = "AWS/Lambda", metric = "Throttles", of = local.of_function, threshold = 1, statistic = "Sum", percentile = null, period = 60, periods = 5
    }
    duration = {
      says = "One request in twenty takes 2 s or more. Look at Secrets Manager and the identity provider."
      from = "AWS/Lambda", metric = "Duration", of = local.of_function, threshold = 2000, statistic = null, percentile = "p95", period = 60, periods = 5
    }
    "5xx" = {
      says = "Callers get 5xx. The log's lines with status 500 and more say why."
      from = "AWS/ApiGateway", metric = "5xx", of = { ApiId = aws_apigatewayv2_api.auth.id }, threshold = 1, statistic = "Sum", percentile = null, period = 60, periods = 5
    }
    # Nobody notices at first: the cached key serves for a day. This is the day's warning. Over an hour, because a function
    # that is asked a few times an hour reads the key as seldom, and never fails in three minutes of five.
    key-source = {
      says = "The API key cannot be read. Functions that have it sign for up to 24 hours more; new ones answer 503."
      from = local.namespace, metric = "KeySourceFailed", of = null, threshold = 1, statistic = "Sum", percentile = null, period = 300, periods = 12
    }
  }

  alarm_actions = var.alarm_topic_arn == null ? [] : [var.alarm_topic_arn]
}

resource "aws_cloudwatch_log_metric_filter" "ours" {
  for_each       = local.filters
  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.auth.name
  pattern        = each.value

  metric_transformation {
    namespace     = local.namespace
    name          = each.key
    value         = "1"
    default_value = 0
  }
}

resource "aws_cloudwatch_metric_alarm" "each" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.from
  metric_name         = each.value.metric
  dimensions          = each.value.of
  statistic           = each.value.statistic
  extended_statistic  = each.value.percentile
  period              = each.value.period
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = 3
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  tags                = var.tags
}

# Half of all and twenty in five minutes: a release that broke the sign-in, a provider that changed its keys, or somebody
# who tries tokens. A few refusals are ordinary, as sessions end.
resource "aws_cloudwatch_metric_alarm" "refusals" {
  alarm_name          = "${var.name}-refusals"
  alarm_description   = "Half of the callers or more are refused. The log's lines of kind \"refused\" say why."
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  threshold           = 50
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "share"
    label       = "Refused, in per cent"
    expression  = "IF(FILL(refused, 0) + FILL(issued, 0) >= 20, 100 * FILL(refused, 0) / (FILL(refused, 0) + FILL(issued, 0)), 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { refused = "Refused", issued = "Issued" }
    content {
      id          = metric_query.key
      return_data = false
      metric {
        namespace   = local.namespace
        metric_name = metric_query.value
        period      = 300
        stat        = "Sum"
      }
    }
  }
}
