import { Link, useRouterState } from '@tanstack/react-router';

import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { Page, Section } from '../parts/page';
import type { HelpArea } from '../texts/help.de';
import { useSpeech } from '../texts/language';
import { ShortcutList } from './shortcuts';

type AreaId = 'inbox' | 'task' | 'incoming' | 'cases' | 'deadlines' | 'post' | 'designer' | 'admin';

const AREAS: AreaId[] = ['inbox', 'task', 'incoming', 'cases', 'deadlines', 'post', 'designer', 'admin'];

/** The help that belongs to an address. */
export function areaOf(path: string): AreaId {
  const first = path.split('/')[1] ?? '';
  if (first === 'tasks') return 'task';
  if (first === 'start') return 'inbox';
  return AREAS.find((area) => area === first) ?? 'inbox';
}

function AreaText({ area }: { area: HelpArea }) {
  return (
    <>
      {area.paragraphs.map((paragraph) => (
        <p className="kern-body" key={paragraph}>
          {paragraph}
        </p>
      ))}
      {area.points.length > 0 && (
        <ul className="kern-list kern-list--bullet">
          {area.points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The help for the page that is shown. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const area = t.help[areaOf(path)];
  return (
    <Dialog
      title={area.title}
      open
      onClose={onClose}
      footer={
        <>
          <Link to="/help" className="kern-link" onClick={onClose}>
            {t.helpPage.title}: {t.helpPage.areas}
          </Link>
          <Button onClick={onClose}>{t.act.close}</Button>
        </>
      }
    >
      <AreaText area={area} />
    </Dialog>
  );
}

/** All help on one page. */
export function HelpPage() {
  const { t } = useSpeech();
  return (
    <Page title={t.helpPage.title}>
      {AREAS.map((id) => (
        <Section key={id} id={id} title={t.help[id].title}>
          <AreaText area={t.help[id]} />
        </Section>
      ))}
      <Section title={t.findings.title}>
        <p className="kern-body">{t.findings.text}</p>
        <p>
          <Link to="/help/findings" className="kern-link">
            {t.findings.title}
          </Link>
        </p>
      </Section>
      <Section title={t.helpPage.shortcuts}>
        <ShortcutList />
      </Section>
    </Page>
  );
}
