// What each code of the proof means, with a process before and after.
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import { findingsQuery } from '../api/queries';
import type { ExampleFile, ExplainedFinding, Findings } from '../api/shapes';
import { Badge } from '../parts/badge';
import { LoadedPage } from '../parts/loaded';
import { Page, Section } from '../parts/page';
import { usePrinting } from '../parts/printing';
import { Sentence } from '../parts/prose';
import { useSpeech } from '../texts/language';
import { changes, type Line } from './changes';

export function FindingsPage() {
  const query = useQuery(findingsQuery);
  return <LoadedPage query={query}>{(findings) => <Explanations findings={findings} />}</LoadedPage>;
}

function Explanations({ findings }: { findings: Findings }) {
  const { t, say, list } = useSpeech();
  return (
    <Page
      title={t.findings.title}
      above={
        <Link to="/help" className="kern-link">
          {t.helpPage.title}
        </Link>
      }
      wide
    >
      <p className="kern-body">{t.findings.text}</p>
      <p className="kern-body">
        {t.findings.severities} {t.findings.legend}
      </p>
      {findings.topics.map((topic) => (
        <Section key={topic.id} title={say(topic.title)}>
          {topic.findings.map((finding) => (
            <Explanation key={finding.code} finding={finding} />
          ))}
        </Section>
      ))}
      <Section title={t.findings.frame}>
        <p className="kern-body">{t.findings.frameText}</p>
        <Folded title={list(findings.frame.map((file) => file.path))}>
          {() =>
            findings.frame.map(({ path, text }) => (
              <File key={path} path={path} lines={changes(text, text).before} />
            ))
          }
        </Folded>
      </Section>
    </Page>
  );
}

/** What is made only when somebody looks at it; open, in sight and with the focus when the address names it. */
function Folded({
  id,
  title,
  beside,
  children,
}: {
  id?: string;
  title: string;
  beside?: ReactNode;
  children: () => ReactNode;
}) {
  const isNamed = useRouterState({ select: (state) => id !== undefined && state.location.hash === id });
  const printing = usePrinting();
  const [open, setOpen] = useState(false);
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (isNamed && details.current) details.current.open = true;
  }, [isNamed]);
  // Only with its content does the page reach far enough to bring the last ones to the top.
  useEffect(() => {
    if (!isNamed || !open) return;
    details.current?.scrollIntoView();
    details.current?.querySelector('summary')?.focus({ preventScroll: true });
  }, [isNamed, open]);
  return (
    <details
      className="fw-details fw-finding"
      id={id}
      ref={details}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <h3 className="fw-finding__title">
          <Sentence text={title} />
        </h3>{' '}
        {beside}
      </summary>
      {(open || printing) && children()}
    </details>
  );
}

function Explanation({ finding }: { finding: ExplainedFinding }) {
  const { t, say } = useSpeech();
  const facts = [
    [t.findings.meaning, finding.meaning],
    [t.findings.consequence, finding.consequence],
    [t.findings.remedy, finding.remedy],
  ] as const;
  return (
    <Folded
      id={finding.code}
      title={say(finding.title)}
      beside={
        <>
          <Badge tone={finding.severity === 'warning' ? 'warning' : 'danger'}>
            {t.designer.severities[finding.severity]}
          </Badge>{' '}
          <code className="fw-muted">{finding.code}</code>
        </>
      }
    >
      {() => (
        <>
          <dl className="fw-finding__facts">
            {facts.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Sentence text={say(text)} />
                </dd>
              </div>
            ))}
          </dl>
          <h4 className="kern-sr-only">{t.findings.example}</h4>
          <Example before={finding.before} after={finding.after} />
        </>
      )}
    </Folded>
  );
}

/** The files before and after, side by side where there is room. */
function Example({ before, after }: { before: ExampleFile[]; after: ExampleFile[] }) {
  const { t } = useSpeech();
  const textOf = (files: ExampleFile[], path: string) => files.find((file) => file.path === path)?.text;
  const paths = [...new Set([...before, ...after].map((file) => file.path))];
  return paths.map((path) => {
    const [old, fresh] = [textOf(before, path), textOf(after, path)];
    const lines = changes(old ?? '', fresh ?? '');
    if (old === fresh) return <File key={path} label={t.findings.both} path={path} lines={lines.before} />;
    return (
      <div key={path} className="fw-finding__sides">
        <File label={t.findings.before} path={path} lines={lines.before} change="gone" />
        <File label={t.findings.after} path={path} lines={lines.after} change="come" />
      </div>
    );
  });
}

const SIGNS = { gone: '−', come: '+' };

/** A file, its changed lines marked by a sign, and by words for whoever hears them. */
function File({
  label,
  path,
  lines,
  change = 'gone',
}: {
  label?: string;
  path: string;
  lines: Line[];
  change?: keyof typeof SIGNS;
}) {
  const { t } = useSpeech();
  return (
    <figure className="fw-finding__file">
      <figcaption>
        {label !== undefined && <strong>{label}: </strong>}
        <code>{path}</code>
      </figcaption>
      {lines.length === 0 ? (
        <p className="fw-muted">{t.findings.none}</p>
      ) : (
        <pre>
          {lines.map(({ text, changed }, index) => (
            <code key={index} className={changed ? `fw-line fw-line--${change}` : 'fw-line'}>
              {changed && <span className="kern-sr-only">{t.findings[change]} </span>}
              <span aria-hidden="true" className="fw-line__sign">
                {changed ? SIGNS[change] : ' '}
              </span>
              {text}
              {'\n'}
            </code>
          ))}
        </pre>
      )}
    </figure>
  );
}
