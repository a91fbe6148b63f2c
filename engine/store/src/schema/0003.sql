-- Format 3. What tokens may do stands in the stream of their authority; here is only what they are recognised by.
-- Nothing issued tokens before this format, so there is none to be carried over.
drop table tokens;

-- Class: operational. By the SHA-256 of the token; no tenant in the key, as with sessions.
create table token_secrets (
  hash TEXT not null,
  tenant TEXT not null,
  token TEXT not null,
  last_used_at BIGINT,
  primary key (hash)
) CLUSTERED;
-- Serves: the tokens of an authority; an id is used once.
create unique index token_secrets_token on token_secrets (tenant, token);
