import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { reinstateBlock, retireBlock } from '../api/commands';
import { blocksQuery } from '../api/queries';
import type { Block } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { SearchField } from '../parts/filter-bar';
import { readFields } from '../parts/form/profile';
import { Loaded } from '../parts/loaded';
import { Prose } from '../parts/prose';
import { Facts } from '../parts/values';
import { type Speech, useSpeech } from '../texts/language';
import { InstallDialog } from './install-dialog';
import { PublishersPart } from './publishers-part';
import { RetireButton } from './retire-button';

/** The catalogue of building blocks. */
export function BlocksArea() {
  const speech = useSpeech();
  const { t } = speech;
  const query = useQuery(blocksQuery);
  const [search, setSearch] = useState('');
  const [installing, setInstalling] = useState<'folder' | 'package' | null>(null);
  return (
    <>
      <div className="fw-area-head">
        <p className="kern-body">{t.admin.blocks.intro}</p>
        <div className="fw-actions">
          <Button icon="add" onClick={() => setInstalling('folder')}>
            {t.admin.blocks.install}
          </Button>
          <Button icon="add" onClick={() => setInstalling('package')}>
            {t.packages.install}
          </Button>
        </div>
      </div>
      <search className="fw-narrow">
        <SearchField
          id="block-search"
          label={t.admin.blocks.search}
          help={t.admin.blocks.searchHelp}
          value={search}
          onChange={setSearch}
        />
      </search>
      <Loaded query={query}>
        {(blocks) => {
          if (blocks.length === 0) return <p className="fw-empty">{t.admin.blocks.empty}</p>;
          const shown = blocks.filter((block) => matches(block, search, speech));
          return (
            <>
              <p className="fw-count-line" role="status">
                {shown.length === 0 ? t.admin.blocks.noMatch : t.admin.blocks.count(shown.length)}
              </p>
              {byCategory(shown).map(([category, members]) => (
                <section className="fw-section" key={category}>
                  <h2 className="kern-heading-small">{t.admin.blocks.categories[category] ?? category}</h2>
                  {members.map((block) => (
                    <BlockCard key={`${block.id}@${block.version}`} block={block} />
                  ))}
                </section>
              ))}
            </>
          );
        }}
      </Loaded>
      <PublishersPart />
      {installing !== null && <InstallDialog what={installing} onClose={() => setInstalling(null)} />}
    </>
  );
}

/** Whether every word of the search stands in the names, the purpose or the law of a block. */
function matches(block: Block, search: string, { say }: Speech): boolean {
  const text = [block.id, say(block.title), say(block.summary), ...block.legal_basis].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function byCategory(blocks: Block[]): [string, Block[]][] {
  const groups = new Map<string, Block[]>();
  for (const block of blocks) groups.set(block.category, [...(groups.get(block.category) ?? []), block]);
  return [...groups];
}

function BlockCard({ block }: { block: Block }) {
  const { t, say, list } = useSpeech();
  const parameters = readFields(block.parameters);
  return (
    <details className="fw-details fw-block">
      <summary>
        <h3 className="fw-panel__title">
          {say(block.title)} <Badge>{t.admin.blocks.version(block.version)}</Badge>
          {block.retired && <Badge icon="close">{t.admin.blocks.retired}</Badge>}
        </h3>
        <p className="fw-sub">{say(block.summary)}</p>
      </summary>
      <Facts
        items={[
          { title: t.admin.blocks.legal, value: list(block.legal_basis) || t.word.none },
          {
            title: t.admin.blocks.parameters,
            value:
              parameters.length === 0 ? (
                t.admin.blocks.noParameters
              ) : (
                <ul className="fw-plain-list">
                  {parameters.map((parameter) => (
                    <li key={parameter.name}>
                      <strong>{parameter.title}</strong>
                      {parameter.required && ` (${t.admin.blocks.required})`}
                      {parameter.help !== null && <span className="fw-sub">{parameter.help}</span>}
                    </li>
                  ))}
                </ul>
              ),
          },
          {
            title: t.admin.blocks.outcomes,
            value: list(block.outcomes.map((outcome) => say(outcome.title))) || t.word.none,
          },
          {
            title: t.admin.blocks.usedBy,
            value:
              block.used_by.length === 0
                ? t.admin.blocks.unused
                : block.used_by.map((process, index) => (
                    <span key={process}>
                      {index > 0 && ', '}
                      <Link to="/designer/$id" params={{ id: process }} className="kern-link">
                        {process}
                      </Link>
                    </span>
                  )),
          },
          ...(block.package === null
            ? []
            : [
                {
                  title: t.packages.from,
                  value: t.packages.fromPackage(
                    block.package.package,
                    block.package.version,
                    block.package.publisher ?? t.packages.noLongerTrusted,
                  ),
                },
              ]),
        ]}
      />
      {(block.retired || block.used_by.length === 0) && (
        <RetireButton
          retired={block.retired}
          resource="blocks"
          retire={{
            act: t.admin.blocks.retire,
            label: t.admin.blocks.retireOf(block.id, block.version),
            warning: t.admin.blocks.retireWarning,
            done: t.admin.blocks.retireDone(block.id, block.version),
            command: () => retireBlock(block.id, block.version),
          }}
          reinstate={{
            act: t.admin.blocks.reinstate,
            label: t.admin.blocks.reinstateOf(block.id, block.version),
            done: t.admin.blocks.reinstateDone(block.id, block.version),
            command: () => reinstateBlock(block.id, block.version),
          }}
        />
      )}
      {block.readme !== '' && (
        <>
          <h4 className="kern-label">{t.admin.blocks.readme}</h4>
          <Prose text={block.readme} level={5} />
        </>
      )}
    </details>
  );
}
