# One screen: what is asked and answered, how fast, what is refused and why, and whether the key can be read.

data "aws_region" "here" {}

locals {
  # Not `name`, which version 6 of the provider calls `region`.
  region = data.aws_region.here.id
  log    = aws_cloudwatch_log_group.auth.name
}

resource "aws_cloudwatch_dashboard" "auth" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [
      {
        type = "alarm", x = 0, y = 0, width = 24, height = 2
        properties = {
          title  = "Alarms"
          alarms = concat([for alarm in aws_cloudwatch_metric_alarm.each : alarm.arn], [aws_cloudwatch_metric_alarm.refusals.arn])
        }
      },
      {
        type = "metric", x = 0, y = 2, width = 8, height = 6
        properties = {
          title   = "Issued and refused", region = local.region, stat = "Sum", period = 60
          metrics = [[local.namespace, "Issued"], [local.namespace, "Refused"]]
        }
      },
      {
        type = "metric", x = 8, y = 2, width = 8, height = 6
        properties = {
          title = "Duration, ms", region = local.region, period = 60
          metrics = [for stat in ["p50", "p95", "p99"] :
            ["AWS/Lambda", "Duration", "FunctionName", var.name, { stat = stat }]
          ]
        }
      },
      {
        type = "metric", x = 16, y = 2, width = 8, height = 6
        properties = {
          title = "Errors, throttles, 5xx, key", region = local.region, stat = "Sum", period = 60
          metrics = [
            ["AWS/Lambda", "Errors", "FunctionName", var.name],
            ["AWS/Lambda", "Throttles", "FunctionName", var.name],
            ["AWS/ApiGateway", "5xx", "ApiId", aws_apigatewayv2_api.auth.id],
            [local.namespace, "KeySourceFailed"],
          ]
        }
      },
      {
        type = "metric", x = 0, y = 8, width = 8, height = 6
        properties = {
          title = "Requests, and how many run at once", region = local.region, period = 60
          metrics = [
            ["AWS/ApiGateway", "Count", "ApiId", aws_apigatewayv2_api.auth.id, { stat = "Sum" }],
            ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", var.name, { stat = "Maximum" }],
          ]
        }
      },
      {
        type = "log", x = 8, y = 8, width = 8, height = 6
        properties = {
          title = "Why requests are refused", region = local.region, view = "table"
          query = "SOURCE '${local.log}' | filter kind = 'refused' | stats count(*) as refusals by reason, status | sort refusals desc"
        }
      },
      {
        type = "log", x = 16, y = 8, width = 8, height = 6
        properties = {
          title = "What happened to the key", region = local.region, view = "table"
          query = "SOURCE '${local.log}' | filter kind = 'key' | sort @timestamp desc | display @timestamp, event, stage, keyName, failure, setting, message | limit 20"
        }
      },
    ]
  })
}
