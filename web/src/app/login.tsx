import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type SyntheticEvent, useRef, useState } from 'react';

import { logIn } from '../api/commands';
import { isProblem } from '../api/problem';
import { sessionQuery, tenantsQuery } from '../api/queries';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { PasswordField, SelectField, TextField } from '../parts/field';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { LanguageSwitch } from './language-switch';

const TENANT_KEY = 'fachwerk.tenant';
/** The authority that the server invents for a demo. Nobody is told its name otherwise: the list is for demos. */
const DEMO_TENANT = 'musterstadt';

function lastTenant(): string {
  try {
    return localStorage.getItem(TENANT_KEY) ?? '';
  } catch {
    return '';
  }
}

/** Who are you? Then back to where you came from. */
export function LoginPage() {
  const { t, say } = useSpeech();
  const { back, expired } = useSearch({ from: '/login' });
  const router = useRouter();
  const client = useQueryClient();
  const tenants = useQuery(tenantsQuery);
  const [tenant, setTenant] = useState(lastTenant);
  const [person, setPerson] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [missing, setMissing] = useState(false);
  const [pending, setPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const offered = tenants.data ?? [];
  const only = offered.length === 1 ? offered[0] : undefined;
  const chosen = only?.id ?? (tenant === '' ? (offered[0]?.id ?? '') : tenant);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setProblem(null);
    const incomplete = chosen.trim() === '' || person.trim() === '' || password === '';
    setMissing(incomplete);
    if (incomplete) {
      const empty = [...(form.current?.querySelectorAll('input') ?? [])].find(
        (input) => input.value.trim() === '',
      );
      empty?.focus();
      return;
    }
    setPending(true);
    try {
      const session = await logIn({ tenant: chosen.trim(), person: person.trim(), password });
      try {
        localStorage.setItem(TENANT_KEY, session.tenant.id);
      } catch {
        // Not remembered then.
      }
      // Nothing that another person saw may stay.
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      router.history.push(back ?? '/inbox');
    } catch (error) {
      setPassword('');
      setProblem(error);
    } finally {
      setPending(false);
    }
  };

  const wrong = isProblem(problem) && (problem.status === 401 || problem.status === 403);
  return (
    <div className="fw-login">
      <header className="fw-login__bar">
        <span className="fw-brand">{t.app.name}</span>
        <LanguageSwitch />
      </header>
      <main className="fw-main">
        <Page title={t.login.title}>
          {expired && (
            <Alert tone="info" title={t.login.title} role="status">
              <p className="kern-body">{t.login.expired}</p>
            </Alert>
          )}
          {wrong && <Alert tone="danger" title={t.login.wrong} role="alert" />}
          {problem !== null && !wrong && <ProblemAlert error={problem} />}
          {missing && <Alert tone="danger" title={t.login.missing} role="alert" />}
          <form ref={form} className="fw-form" noValidate onSubmit={(event) => void submit(event)}>
            {offered.length > 1 && (
              <SelectField
                id="tenant"
                label={t.login.tenant}
                required
                value={chosen}
                options={offered.map((each) => ({ id: each.id, title: say(each.title) }))}
                onChange={setTenant}
              />
            )}
            {only && <p className="kern-body kern-body--bold">{say(only.title)}</p>}
            {offered.length === 0 && (
              <TextField
                id="tenant"
                label={t.login.tenant}
                help={t.login.tenantHelp}
                required
                value={tenant}
                autoComplete="organization"
                autoCapitalize="none"
                onChange={setTenant}
              />
            )}
            <TextField
              id="person"
              label={t.login.name}
              required
              value={person}
              autoComplete="username"
              autoCapitalize="none"
              onChange={setPerson}
            />
            <PasswordField
              id="password"
              label={t.login.password}
              required
              value={password}
              autoComplete="current-password"
              onChange={setPassword}
            />
            <div>
              <Button look="primary" type="submit" pending={pending}>
                {t.login.submit}
              </Button>
            </div>
          </form>
          {offered.some((each) => each.id === DEMO_TENANT) && <DemoAccounts />}
        </Page>
      </main>
    </div>
  );
}

/** With whom one can try the demo. */
function DemoAccounts() {
  const { t } = useSpeech();
  return (
    <section className="fw-panel">
      <h2 className="fw-panel__title">{t.login.demoTitle}</h2>
      <Facts items={Object.entries(t.login.demoRoles).map(([id, role]) => ({ title: id, value: role }))} />
      <p>{t.login.demoPassword}</p>
    </section>
  );
}
