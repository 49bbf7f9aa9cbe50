-- squawk-ignore require-concurrent-index-creation
create index access_revoked_sessions_at on access_revoked_sessions (revoked_at);
