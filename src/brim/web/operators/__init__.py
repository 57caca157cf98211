"""Pages on operators: signing in and out, one's own profile, who else may sign in, the audit log, logins of the CLI.

Operators stand above accounts, so the API has nothing of them: these pages call `core` themselves, with `People`,
and each change is told in the audit log there. What the other pages do by the API is told by `trail`. Start reading at
`parts`, then at `people`.
"""
