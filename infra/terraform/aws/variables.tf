# What can be chosen: the parameters of infra/aws/fragments/parameters.yml, under their names in this language.

variable "artifact" {
  description = "Path of the zip of dist/aws-lambda: npm run build -- aws-lambda && (cd dist/aws-lambda && zip -qr ../aws-lambda.zip . -x '*.map')"
  type        = string
}

variable "api_key_secret_arn" {
  description = "Where the Ably API key is kept, in the region of the function. Its value is nowhere in this module or its state."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9_/+=.@-]+-[A-Za-z0-9]{6}$", var.api_key_secret_arn))
    error_message = "Write the whole ARN of a secret in AWS Secrets Manager, the six characters at its end included: the role may then read this secret and no other."
  }
}

variable "name" {
  description = "The function's name; the other names begin with it. One to an account and region."
  type        = string
  default     = "ably-auth"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,49}$", var.name))
    error_message = "Write letters, digits and hyphens, 50 at most, a letter first."
  }
}

variable "api_key_secret_field" {
  description = "The field that holds the key, when the secret is JSON."
  type        = string
  default     = null
}

variable "api_key_secret_kms_key_arn" {
  description = "The customer managed KMS key that encrypts the secret, if there is one."
  type        = string
  default     = null

  validation {
    condition     = var.api_key_secret_kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+$", var.api_key_secret_kms_key_arn))
    error_message = "Write the ARN of a key, not of an alias."
  }
}

variable "allowed_origins" {
  description = "Exact origins that may call from a browser."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^https?://[^/*,]+$", origin))])
    error_message = "Write origins as browsers send them, such as https://app.example: no path, no wildcard."
  }
}

variable "settings" {
  description = "The function's other settings, by their names in the README, such as ABLY_AUTH_ISSUER, and those that only your auth.config.ts reads. No secrets: they would be in the state."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.settings), ["ABLY_API_KEY", "ABLY_API_KEY_PREVIOUS", "ABLY_AUTH_SESSION_SECRET", "ABLY_AUTH_EMBEDDED_SECRET", "ABLY_AUTH_OPERATOR_SECRET"])) == 0
    error_message = "A secret would be in the state. The API key goes into Secrets Manager; for the others see session_secret, embedded_secret and operator_secret."
  }
}

variable "session_secret" {
  description = "The secret that signs session cookies, from an ephemeral or sensitive source. It is in the function's environment, and so in the state: encrypt that, or verify callers' tokens instead and leave this out."
  type        = string
  default     = null
  sensitive   = true
}

variable "embedded_secret" {
  description = "The secret that signs the JWT around a credential, for the format embedded-jwt. In the state like session_secret."
  type        = string
  default     = null
  sensitive   = true
}

variable "operator_secret" {
  description = "The secret that opens the details of ?health. In the state like session_secret."
  type        = string
  default     = null
  sensitive   = true
}

variable "runtime" {
  description = "The function's runtime. Providers before 6.0 do not know nodejs24.x yet."
  type        = string
  default     = "nodejs24.x"

  validation {
    condition     = contains(["nodejs24.x", "nodejs22.x"], var.runtime)
    error_message = "Write nodejs24.x or nodejs22.x."
  }
}

variable "log_retention_days" {
  description = "After how many days both logs are deleted."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "Write one of the numbers that CloudWatch Logs knows, such as 30."
  }
}

variable "throttle_rate" {
  description = "Requests a second that the API lets through. A fuse against cost, not the limiter of callers: it answers 429, which ends Android clients that use authUrl for good."
  type        = number
  default     = 1000

  validation {
    condition     = var.throttle_rate >= 1
    error_message = "Write 1 or more."
  }
}

variable "throttle_burst" {
  description = "How many it lets through at once."
  type        = number
  default     = 2000

  validation {
    condition     = var.throttle_burst >= 1
    error_message = "Write 1 or more."
  }
}

variable "reserved_concurrency" {
  description = "Reserves, and caps, concurrent executions. New accounts have ten in all and refuse it."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null || try(var.reserved_concurrency >= 0, false)
    error_message = "Write a number from 0, or nothing."
  }
}

variable "tracing" {
  description = "Whether requests are traced with X-Ray."
  type        = bool
  default     = false
}

variable "store" {
  description = "Whether to make a DynamoDB table for grants and the gate. Terraform would delete it with the rest; store_deletion_protection keeps it."
  type        = bool
  default     = false
}

variable "store_deletion_protection" {
  description = "Whether the table refuses to be deleted, because a ban must outlive a mistake."
  type        = bool
  default     = true
}

variable "alarm_topic_arn" {
  description = "The SNS topic that is told of alarms."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarm_topic_arn))
    error_message = "Write the ARN of an SNS topic."
  }
}

variable "domain" {
  description = "A domain of your own, and its certificate in ACM in this region."
  type = object({
    name            = string
    certificate_arn = string
  })
  default = null
}

variable "jwt_authorizer" {
  description = "Has the API verify tokens before the function is called. Its own 401 carries WWW-Authenticate, which Ably's Java client does not survive with authUrl, and cookies and visitors no longer get in: prefer settings.ABLY_AUTH_ISSUER."
  type = object({
    issuer   = string
    audience = list(string)
  })
  default = null

  validation {
    condition     = var.jwt_authorizer == null || try(length(var.jwt_authorizer.audience) > 0, false)
    error_message = "Name whom the tokens must be for, or tokens for any other application would do."
  }
}

variable "tags" {
  description = "Tags on everything that takes them."
  type        = map(string)
  default     = {}
}
