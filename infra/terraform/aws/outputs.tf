# Where it is. Never what it keeps.

output "auth_url" {
  description = "The authUrl of your Ably clients."
  value       = var.domain == null ? "${aws_apigatewayv2_api.auth.api_endpoint}/api/ably-auth" : "https://${var.domain.name}/api/ably-auth"
}

output "function_arn" {
  description = "The function, for what is granted to it or run beside it."
  value       = aws_lambda_function.auth.arn
}

output "log_group_name" {
  description = "One JSON line a request."
  value       = aws_cloudwatch_log_group.auth.name
}

output "domain_target" {
  description = "What the DNS record of your domain points to (CNAME or alias)."
  value       = one(aws_apigatewayv2_domain_name.own[*].domain_name_configuration[0].target_domain_name)
}

output "store_table_name" {
  description = "The table of grants and the gate."
  value       = one(aws_dynamodb_table.store[*].name)
}
