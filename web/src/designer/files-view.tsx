import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { processFileQuery } from '../api/queries';
import type { Diagnostic } from '../api/shapes';
import { Loaded } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import type { Model } from './model';

/** The files of a process, the chosen one with its lines and what the check found in them. */
export function FilesView({
  model,
  file,
  line,
}: {
  model: Model;
  file: string | undefined;
  line: number | undefined;
}) {
  const { t } = useSpeech();
  const path = file !== undefined && model.paths.includes(file) ? file : (model.paths[0] ?? null);
  const problems = model.problems.filter((problem) => problem.file === path);
  return (
    <div className="fw-files">
      <nav aria-label={t.designer.files} className="fw-files__list">
        <ul className="fw-plain-list">
          {model.paths.map((each) => {
            const count = model.problems.filter((problem) => problem.file === each).length;
            return (
              <li key={each}>
                <Link
                  from="/designer/$id"
                  to="/designer/$id"
                  search={(before) => ({ ...before, file: each, line: undefined })}
                  resetScroll={false}
                  className="kern-link kern-link--no-visited-state"
                  aria-current={each === path ? 'page' : undefined}
                >
                  {each}
                </Link>
                {count > 0 && <span className="fw-sub">{t.designer.nodeProblems(count)}</span>}
              </li>
            );
          })}
        </ul>
      </nav>
      {path !== null && (
        <section className="fw-files__text">
          <h2 className="fw-panel__title">{t.designer.fileOf(path)}</h2>
          {model.files === null ? (
            <RemoteText
              id={model.id}
              release={model.process?.release ?? ''}
              path={path}
              problems={problems}
              line={line}
            />
          ) : (
            <Text text={model.files[path] ?? ''} path={path} problems={problems} line={line} />
          )}
        </section>
      )}
    </div>
  );
}

function RemoteText({
  id,
  release,
  path,
  problems,
  line,
}: {
  id: string;
  release: string;
  path: string;
  problems: Diagnostic[];
  line: number | undefined;
}) {
  const query = useQuery(processFileQuery(id, path, release));
  return (
    <Loaded query={query}>
      {(text) => <Text text={text} path={path} problems={problems} line={line} />}
    </Loaded>
  );
}

function Text({
  text,
  path,
  problems,
  line,
}: {
  text: string;
  path: string;
  problems: Diagnostic[];
  line: number | undefined;
}) {
  const { t, say } = useSpeech();
  const wanted = useRef<HTMLLIElement>(null);
  useEffect(() => {
    wanted.current?.focus();
    wanted.current?.scrollIntoView({ block: 'center' });
    // The beginning of the line says more than its end.
    wanted.current?.closest('.fw-code')?.scrollTo({ left: 0 });
  }, [line, path]);
  return (
    // The box scrolls, so the keyboard must reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="fw-code" tabIndex={0} role="region" aria-label={t.designer.fileOf(path)}>
      <ol>
        {text.split('\n').map((content, index) => {
          const number = index + 1;
          const here = problems.filter((problem) => problem.line === number);
          const chosen = number === line;
          return (
            <li
              key={number}
              ref={chosen ? wanted : undefined}
              tabIndex={chosen ? -1 : undefined}
              className={chosen ? 'fw-code__line fw-code__line--chosen' : 'fw-code__line'}
            >
              <code>{content === '' ? ' ' : content}</code>
              {here.map((problem, place) => (
                <span key={place} className={`fw-code__problem fw-code__problem--${problem.severity}`}>
                  {t.designer.severities[problem.severity]}: {say(problem.message)}
                </span>
              ))}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
