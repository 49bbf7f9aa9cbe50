create table letter_keys (
  kid text primary key,
  public_key jsonb not null,
  private_key_sealed text not null,
  made_at timestamptz not null,
  retired_at timestamptz
);

create unique index letter_keys_one_current on letter_keys ((true)) where retired_at is null;

create table mailings (
  id uuid primary key,
  subject text not null,
  text text not null,
  created_by text not null,
  created_at timestamptz not null
);

create table messages (
  id uuid primary key,
  kind text not null,
  priority integer not null,
  user_id uuid,
  flow_id uuid,
  mailing_id uuid references mailings (id),
  content jsonb not null,
  state text not null check (
    state in ('waiting', 'ready', 'parked', 'skipped', 'expired', 'failed', 'sent', 'delivered', 'bounced', 'complained')
  ),
  reason text,
  subject text,
  letter_sealed text,
  provider_id text,
  attempts integer not null,
  ask_at timestamptz not null,
  first_asked_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz,
  traceparent text
);

create index messages_due on messages (state, priority, ask_at) where state in ('waiting', 'ready', 'parked');
create index messages_of_user on messages (user_id, id);
create index messages_of_mailing on messages (mailing_id) where mailing_id is not null;
create index messages_of_flow on messages (flow_id) where flow_id is not null;
create index messages_by_provider_id on messages (provider_id) where provider_id is not null;

create table deliveries (
  webhook_id text primary key,
  message_id uuid references messages (id),
  type text not null,
  happened_at timestamptz not null,
  received_at timestamptz not null
);

create index deliveries_of_message on deliveries (message_id, happened_at);

create table suppressions (
  address_hash text not null,
  scope text not null check (scope in ('all', 'marketing')),
  reason text not null check (reason in ('hard-bounce', 'complaint', 'manual', 'unsubscribe')),
  created_at timestamptz not null,
  primary key (address_hash, scope)
);

revoke update, delete, truncate on deliveries from notification;
