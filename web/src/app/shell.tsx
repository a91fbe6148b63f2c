import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, type LinkProps, useNavigate, useRouterState } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

import { countsQuery } from '../api/queries';
import { useSession } from '../api/session';
import type { CappedCount } from '../api/shapes';
import { Button } from '../parts/button';
import { expectFocus, keepFocus } from '../parts/focus';
import { Icon } from '../parts/icon';
import { turnPage } from '../parts/notices';
import { Resting } from './resting';
import { StandingIn } from '../substitutions/standing-in';
import { useSpeech } from '../texts/language';
import { DemoBar } from './demo-bar';
import { useEvents } from './events';
import { HelpDialog } from './help';
import { LanguageSwitch } from './language-switch';
import { useLogOut } from './log-out';
import { NoticeArea } from './notice-area';
import { FirstPasswordPage, PasswordDialog } from './password-dialog';
import { ShortcutDialog, useSingleKeys } from './shortcuts';

/** Every page; before the first one whoever has a password that somebody else gave changes it. */
export function Shell() {
  return useSession().must_change_password ? <FirstPasswordPage /> : <Frame />;
}

/** What stands around every page: brand, navigation, account, messages. */
function Frame() {
  const { t, say } = useSpeech();
  const session = useSession();
  const [overview, setOverview] = useState(false);
  const [menu, setMenu] = useState(false);
  const main = useRef<HTMLElement>(null);
  const showOverview = useCallback(() => setOverview(true), []);
  useEvents();
  useSingleKeys(showOverview);
  usePageTurns(() => setMenu(false));
  useEffect(() => (main.current ? keepFocus(main.current) : undefined), []);

  return (
    <>
      <a className="fw-skip" href="#main" onClick={skipToMain}>
        {t.app.skip}
      </a>
      {session.demo && <DemoBar />}
      <header className="fw-header">
        <div className="fw-header__bar">
          <Link to="/inbox" className="fw-brand">
            {t.app.name}
          </Link>
          <span className="fw-tenant">{say(session.tenant.title)}</span>
          <div className="fw-header__tools">
            <LanguageSwitch />
            <HelpButton />
            <AccountMenu onShortcuts={showOverview} />
            <span className="fw-menu-button">
              <Button
                look="tertiary"
                icon={menu ? 'close' : 'dehaze'}
                small
                aria-expanded={menu}
                aria-controls="main-nav"
                onClick={() => setMenu(!menu)}
              >
                {t.app.menu}
              </Button>
            </span>
          </div>
        </div>
        <MainNavigation open={menu} />
      </header>
      <Resting />
      <StandingIn />
      <main className="fw-main" id="main" tabIndex={-1} ref={main}>
        <NoticeArea />
        <Outlet />
      </main>
      <ShortcutDialog open={overview} onClose={() => setOverview(false)} />
    </>
  );
}

function skipToMain(event: React.MouseEvent) {
  // The address must stay: the router would take the fragment for a place of its own.
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** After a change of page: focus on its heading, old messages away. */
function usePageTurns(onTurn: () => void): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (path === undefined) return;
    if (before.current !== undefined && before.current !== path) {
      expectFocus();
      turnPage();
      onTurn();
    }
    before.current = path;
    // Only the path counts; `onTurn` is new at every drawing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path]);
}

function MainNavigation({ open }: { open: boolean }) {
  const { t } = useSpeech();
  const session = useSession();
  const { data: counts } = useQuery(countsQuery);
  const entries: { to: LinkProps['to']; title: string; count?: CappedCount | undefined; hint?: string }[] = [
    {
      to: '/inbox',
      title: t.app.nav.inbox,
      count: counts?.mine,
      hint: counts
        ? `${t.app.openTasks(counts.mine.count)}${counts.overdue.count > 0 ? `, ${t.app.overdueHint(counts.overdue.count)}` : ''}`
        : '',
    },
    ...(session.permissions.incoming
      ? [
          {
            to: '/incoming' as const,
            title: t.incoming.nav,
            count: counts?.incoming ?? undefined,
            hint: counts?.incoming ? t.incoming.hint(counts.incoming.count) : '',
          },
        ]
      : []),
    { to: '/cases', title: t.app.nav.cases },
    { to: '/deadlines', title: t.app.nav.deadlines },
    {
      to: '/post',
      title: t.app.nav.post,
      count: counts?.letters,
      hint: counts ? t.app.lettersHint(counts.letters.count) : '',
    },
    ...(session.permissions.start.length > 0 || session.permissions.administer
      ? [{ to: '/runs' as const, title: t.runs.title }]
      : []),
    ...(session.permissions.statistics ? [{ to: '/statistics' as const, title: t.app.nav.statistics }] : []),
    { to: '/designer', title: t.app.nav.designer },
    ...(session.permissions.administer ? [{ to: '/admin' as const, title: t.app.nav.admin }] : []),
  ];
  return (
    <nav id="main-nav" className={open ? 'fw-nav fw-nav--open' : 'fw-nav'} aria-label={t.app.mainNavigation}>
      <ul>
        {entries.map((entry) => (
          <li key={entry.to}>
            <Link
              to={entry.to}
              className="fw-nav__link"
              activeProps={{ className: 'fw-nav__link fw-nav__link--current' }}
            >
              {entry.title}
              {entry.count !== undefined && entry.count.count > 0 && (
                <span className="fw-count-badge" title={entry.hint}>
                  <span aria-hidden="true">{t.word.counted(entry.count.count, entry.count.capped)}</span>
                  <span className="kern-sr-only">, {entry.hint}</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function HelpButton() {
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="tertiary" icon="help" small onClick={() => setOpen(true)}>
        {t.app.nav.help}
      </Button>
      {open && <HelpDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function AccountMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useSpeech();
  const session = useSession();
  const [password, setPassword] = useState(false);
  const leave = useLogOut();
  const navigate = useNavigate();
  return (
    <>
      <MenuTrigger>
        <AriaButton
          className="kern-btn kern-btn--tertiary kern-btn--x-small"
          aria-label={t.app.accountOf(session.person.name)}
        >
          <Icon name="account-circle" />
          <span className="kern-label fw-account-name">{session.person.name}</span>
        </AriaButton>
        <Popover className="fw-popover" placement="bottom end">
          <Menu className="fw-menu" aria-label={t.app.account}>
            <MenuItem className="fw-menu__item" onAction={() => void navigate({ to: '/substitutions' })}>
              {t.substitution.title}
            </MenuItem>
            <MenuItem className="fw-menu__item" onAction={() => setPassword(true)}>
              {t.app.changePassword}
            </MenuItem>
            <MenuItem className="fw-menu__item" onAction={onShortcuts}>
              {t.app.shortcuts}
            </MenuItem>
            <MenuItem className="fw-menu__item" onAction={() => void leave()}>
              {t.app.logout}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {password && <PasswordDialog onClose={() => setPassword(false)} />}
    </>
  );
}
