# The Ably API key that the endpoint signs with, made with exactly the rights that it may ever hand out, and put into the
# AWS secret that the function reads. Needs ABLY_ACCOUNT_TOKEN, a Control API token, in the environment.
#
# What is in the state: ably_api_key.auth.key, because Ably's provider reads the key back and has no write-only way. So
# keep this module in a state of its own, encrypted and closed to all but who may see the key. The copy in Secrets
# Manager is written by a write-only argument and is in no state and no plan. To have it in no state at all, make the key
# in Ably's dashboard and the secret with the AWS command line (docs/deploy/aws.md), and leave this module out.

terraform {
  # 1.11 brought write-only arguments. OpenTofu 1.11 has them too.
  required_version = ">= 1.11"

  required_providers {
    ably = {
      source  = "ably/ably"
      version = "~> 1.0"
    }
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "app_id" {
  description = "The Ably app."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{4,}$", var.app_id))
    error_message = "Write the app's id: what a key's name has before the dot."
  }
}

variable "ceiling" {
  description = "All that the endpoint may ever hand out, as channels to operations. Ably refuses more even when the policy grants it."
  type        = map(set(string))

  validation {
    condition     = length(var.ceiling) > 0 && alltrue([for operations in values(var.ceiling) : length(operations) > 0])
    error_message = "Name at least one channel, and at least one operation for each."
  }

  validation {
    condition     = !contains(keys(var.ceiling), "[*]*") && alltrue([for operations in values(var.ceiling) : !contains(operations, "*")])
    error_message = "That is no ceiling: name the operations, and no queues or metachannels by wildcard."
  }
}

variable "key_name" {
  description = "The key's name in Ably's dashboard. Those that a rotation makes have the same, with a tag behind it."
  type        = string
  default     = "ably-auth"
}

variable "revocable_tokens" {
  description = "Whether tokens can be revoked. Tokens of such a key live an hour at most."
  type        = bool
  default     = true
}

variable "secret_name" {
  description = "The name of the secret in AWS Secrets Manager."
  type        = string
  default     = "ably/api-key"
}

variable "kms_key_arn" {
  description = "A customer managed KMS key for the secret, whose use costs extra. Without one AWS encrypts it with its own."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags on the secret."
  type        = map(string)
  default     = {}
}

resource "ably_api_key" "auth" {
  app_id           = var.app_id
  name             = var.key_name
  capabilities     = var.ceiling
  revocable_tokens = var.revocable_tokens

  lifecycle {
    # A rotation writes behind the name until when the key must live, and goes by that.
    ignore_changes = [name]
  }
}

resource "aws_secretsmanager_secret" "key" {
  name        = var.secret_name
  description = "The Ably API key that the auth endpoint signs with"
  kms_key_id  = var.kms_key_arn
  # Time to take a deletion back.
  recovery_window_in_days = 7
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_version" "key" {
  secret_id        = aws_secretsmanager_secret.key.id
  secret_string_wo = ably_api_key.auth.key
  # Written once, because Terraform must not undo a rotation. After the first the key here is one of the past, and when it is
  # retired Ably's provider finds it gone and makes another, which must not take the place of the key that serves.
  secret_string_wo_version = 1
}

# Not the key: neither here nor in any other output.
output "secret_arn" {
  description = "Where the key is: api_key_secret_arn of the endpoint's module."
  value       = aws_secretsmanager_secret.key.arn
}
