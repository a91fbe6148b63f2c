import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { checkFiles } from '../api/commands';
import { checkedQuery, coverageQuery, draftQuery, processQuery } from '../api/queries';
import { useSession } from '../api/session';
import type { Diagnostic } from '../api/shapes';
import { PROCESS_VIEWS, type ProcessSearch, type ProcessView } from '../app/router';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { LoadedPage } from '../parts/loaded';
import { announce, notify } from '../parts/notices';
import { Page } from '../parts/page';
import { explain } from '../parts/problem';
import { TabItem, TabLinks } from '../parts/tab-links';
import { Facts } from '../parts/values';
import type { Texts } from '../texts/de';
import { useSpeech } from '../texts/language';
import { gapsOf } from './coverage';
import { CoveragePart } from './coverage-part';
import { DeployDialog } from './deploy-dialog';
import { FilesView } from './files-view';
import { TakenFix } from './fix';
import type { Model } from './model';
import { OutlineView } from './outline-view';
import { PicturePart, type Played } from './picture-part';
import { ProblemList } from './problem-list';
import { byStep, countBySeverity, countText, type StepGaps, type StepProblems } from './problems';
import { SoundnessLine } from './soundness-line';
import { SettingsView } from './settings-view';
import { StepDetails } from './step-details';
import { useTaking } from './taking';

/** What came of a check that somebody asked for. */
function tell(problems: Diagnostic[], t: Texts): void {
  const found = countText(problems, t);
  const stops = countBySeverity(problems).error > 0;
  notify({ tone: stops ? 'danger' : 'info', title: t.designer.checked(found || t.designer.nothingFound) });
}

export function ProcessPage() {
  const { id } = useParams({ from: '/shell/designer/$id' });
  const { draft, release } = useSearch({ from: '/shell/designer/$id' });
  return draft ? <Draft key={id} id={id} /> : <Deployed key={id} id={id} release={release} />;
}

function Deployed({ id, release }: { id: string; release: string | undefined }) {
  const query = useQuery(processQuery(id, release));
  const { t } = useSpeech();
  const check = () =>
    void query.refetch().then(({ data }) => {
      tell(data?.problems ?? [], t);
    });
  return (
    <LoadedPage query={query}>
      {(process) => (
        <ProcessView
          model={{
            id,
            process,
            tag: process.tag,
            problems: process.problems,
            files: null,
            paths: process.files.map((file) => file.path),
          }}
          checking={query.isFetching}
          onCheck={check}
        />
      )}
    </LoadedPage>
  );
}

function Draft({ id }: { id: string }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const draft = useQuery(draftQuery(id));
  const checked = useQuery(checkedQuery(id, draft.data?.files));
  const check = useMutation({
    mutationFn: () => checkFiles(draft.data?.files ?? {}),
    onSuccess: (answer) => {
      client.setQueryData(checkedQuery(id, undefined).queryKey, answer);
      tell(answer.problems, t);
    },
    onError: (error) => notify({ tone: 'danger', title: explain(error, t) }),
  });
  const taking = useTaking(id, draft.data?.files);
  return (
    <LoadedPage query={draft}>
      {({ files }) => (
        <LoadedPage query={checked}>
          {(answer) => (
            <ProcessView
              model={{
                id,
                process: answer.process,
                tag: null,
                problems: answer.problems,
                files,
                paths: Object.keys(files),
              }}
              checking={check.isPending}
              onCheck={() => check.mutate()}
              taking={taking}
            />
          )}
        </LoadedPage>
      )}
    </LoadedPage>
  );
}

interface ProcessViewProps {
  model: Model;
  checking: boolean;
  onCheck: () => void;
  /** Only the files of a draft can be changed here. */
  taking?: ReturnType<typeof useTaking>;
}

function ProcessView({ model, checking, onCheck, taking }: ProcessViewProps) {
  const { t, say, list } = useSpeech();
  const session = useSession();
  const search = useSearch({ from: '/shell/designer/$id' });
  const navigate = useNavigate({ from: '/designer/$id' });
  const [deploying, setDeploying] = useState(false);
  const [played, setPlayed] = useState<Played | null>(null);
  const { process } = model;
  // After another check it may be gone.
  const playing = played !== null && model.problems.includes(played.problem) ? played : null;
  const view = search.view ?? (process === null ? 'files' : 'both');
  const problems = useMemo(
    () => (process === null ? new Map<string, StepProblems>() : byStep(model.problems, process.graph)),
    [model.problems, process],
  );
  // Only what is deployed has an address to ask; a draft shows it once it is deployed.
  const coverable = process !== null && model.files === null && session.permissions.deploy;
  const covering = coverable && search.coverage === true;
  const coverageAnswer = useQuery({ ...coverageQuery(model.id, process?.release), enabled: covering });
  const coverage = covering ? coverageAnswer.data : undefined;
  const gaps = useMemo(
    () => (process === null ? new Map<string, StepGaps>() : byStep(gapsOf(coverage), process.graph)),
    [coverage, process],
  );
  const gapsAlways = gapsOf(coverage).filter((gap) => (gap.step ?? null) === null);
  const select = (step: string) => {
    void navigate({ search: (before) => ({ ...before, step }), replace: true, resetScroll: false });
    const found = process?.graph.nodes.find((node) => node.id === step);
    if (found) announce(`${t.designer.selection}: ${say(found.title)}`);
  };
  const showRun = (problem: Diagnostic) => {
    setPlayed({ problem, at: 0 });
    if (view !== 'canvas')
      void navigate({ search: (before) => ({ ...before, view: 'both' as const }), resetScroll: false });
  };
  const showPlace = (file: string, line: number) =>
    void navigate({ search: (before) => ({ ...before, view: 'files' as const, file, line }) });

  return (
    <Page
      title={process === null ? model.id : say(process.title)}
      wide
      above={
        <>
          <Link to="/designer" className="kern-link kern-link--small">
            {t.designer.title}
          </Link>
          <span className="fw-muted">
            {' · '}
            {model.files !== null ? t.designer.draftOf : process !== null && t.case.version(process.version)}
          </span>
        </>
      }
      actions={
        <span className="fw-actions">
          <Button icon="checklist" pending={checking} onClick={onCheck}>
            {t.designer.check}
          </Button>
          {coverable && (
            <Button
              icon="visibility"
              pending={covering && coverageAnswer.isFetching}
              onClick={() =>
                void navigate({
                  search: (before) => ({ ...before, coverage: covering ? undefined : true }),
                  replace: true,
                  resetScroll: false,
                })
              }
            >
              {covering ? t.coverage.hide : t.coverage.show}
            </Button>
          )}
          {model.files !== null && session.permissions.deploy && (
            <Button look="primary" onClick={() => setDeploying(true)}>
              {t.designer.deploy}
            </Button>
          )}
        </span>
      }
    >
      {process !== null && process.legal_basis.length > 0 && (
        <p className="fw-sub">
          {t.designer.legalBasis}: {list(process.legal_basis)}
        </p>
      )}
      <SoundnessLine process={process} />
      {taking?.taken && <TakenFix taken={taking.taken} onUndo={taking.undo} pending={taking.pending} />}
      <ProblemList
        problems={model.problems}
        onPlace={showPlace}
        onStep={select}
        onRun={showRun}
        onFix={taking?.take}
        fixing={taking?.pending}
      />
      {covering && <CoveragePart query={coverageAnswer} onPlace={showPlace} onStep={select} />}
      <Views current={view} search={search} />
      {view === 'files' && (
        <FilesView key={search.file} model={model} file={search.file} line={search.line} />
      )}
      {view === 'settings' && <SettingsView model={model} />}
      {process !== null && (view === 'both' || view === 'canvas' || view === 'outline') && (
        <div className={view === 'both' ? 'fw-both' : 'fw-single'}>
          {view !== 'outline' && (
            <div className="fw-both__picture">
              <h2 className="kern-heading-small">{t.designer.canvas}</h2>
              <PicturePart
                process={process}
                byStep={problems}
                coverage={coverage}
                gaps={gaps}
                played={playing}
                onPlayed={setPlayed}
                selected={search.step}
                onSelect={select}
              />
              {view === 'canvas' && (
                <StepDetails
                  outline={process.outline}
                  step={search.step}
                  byStep={problems}
                  gaps={gaps}
                  onSelect={select}
                />
              )}
            </div>
          )}
          {view !== 'canvas' && (
            <div className="fw-both__outline">
              <h2 className="kern-heading-small">{t.designer.outline}</h2>
              <OutlineView
                process={process}
                selected={search.step}
                byStep={problems}
                gaps={gaps}
                gapsAlways={gapsAlways}
                onSelect={select}
              />
              <About model={model} />
            </div>
          )}
        </div>
      )}
      {deploying && model.files !== null && (
        <DeployDialog
          title={process === null ? model.id : say(process.title)}
          files={model.files}
          onClose={() => setDeploying(false)}
          onPlace={(file, line) => {
            setDeploying(false);
            showPlace(file, line);
          }}
        />
      )}
    </Page>
  );
}

function Views({ current, search }: { current: ProcessView; search: ProcessSearch }) {
  const { t } = useSpeech();
  return (
    <TabLinks label={t.designer.viewsLabel}>
      {PROCESS_VIEWS.map((view) => (
        <TabItem key={view}>
          <Link
            from="/designer/$id"
            to="/designer/$id"
            search={{ ...search, view }}
            resetScroll={false}
            className="fw-tab"
            aria-current={view === current ? 'page' : undefined}
          >
            {t.designer.views[view]}
          </Link>
        </TabItem>
      ))}
    </TabLinks>
  );
}

function About({ model }: { model: Model }) {
  const { t, say } = useSpeech();
  const { process } = model;
  if (process === null) return null;
  return (
    <section className="fw-section">
      <h2 className="kern-heading-small">{t.designer.about}</h2>
      <Facts
        items={[
          {
            title: t.designer.roles,
            value: process.roles.map((role) => say(role.title)).join(', ') || t.word.none,
          },
          {
            title: t.designer.blocks,
            value: (
              <ul className="fw-plain-list">
                {process.blocks.map((block) => (
                  <li key={`${block.id}@${block.version}`}>
                    {say(block.title)} <Badge>{block.version}</Badge>
                  </li>
                ))}
              </ul>
            ),
          },
        ]}
      />
    </section>
  );
}
