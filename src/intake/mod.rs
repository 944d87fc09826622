//! Files that come in: messages, build sheets, approvals. Each row or file stands or falls alone.
