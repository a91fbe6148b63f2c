import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { itemQuery } from '../api/queries';
import type { IncomingItem } from '../api/shapes';
import { DocumentLink } from '../case/document-list';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { CaseLabel } from '../parts/case-label';
import { LoadedPage } from '../parts/loaded';
import { Page, Section } from '../parts/page';
import { useSpeech } from '../texts/language';
import { AssignDialog } from './assign-dialog';
import { GiveBackDialog } from './give-back-dialog';
import { ChangeDialog, JoinDialog, SplitDialog } from './item-dialogs';
import { ItemPreview } from './item-preview';
import { PaperDialog } from './paper-dialog';

/** An item of the incoming post: what came with it, and what becomes of it. */
export function ItemPage() {
  const { id } = useParams({ from: '/shell/incoming/$id' });
  const query = useQuery(itemQuery(id));
  return <LoadedPage query={query}>{(item) => <Item key={item.id} item={item} />}</LoadedPage>;
}

type Open =
  'change' | 'assign' | 'split' | 'join' | 'giveBack' | { paper: IncomingItem['documents_shown'][number] };

function Item({ item }: { item: IncomingItem }) {
  const { t } = useSpeech();
  const words = t.incoming;
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const documents = item.documents_shown;
  const shown = documents.find((each) => each.number === chosen) ?? documents[0];
  return (
    <Page
      title={item.subject ?? words.noSubject}
      wide
      above={
        <Link to="/incoming" search={{}} className="kern-link">
          {words.item.back}
        </Link>
      }
    >
      <Standing item={item} onOpen={setOpen} />
      <div className="fw-split fw-split--even">
        <div className="fw-split__main">
          <Facts item={item} />
          <Documents
            item={item}
            shown={shown?.number}
            onShow={setChosen}
            onPaper={(paper) => setOpen({ paper })}
          />
          {item.open && !item.under_way && <Actions item={item} onOpen={setOpen} />}
          <p>
            <Link to="/cases/$id" params={{ id: item.id }} search={{ tab: 'course' }} className="kern-link">
              {words.item.history}
            </Link>
          </p>
        </div>
        {shown && (
          <div className="fw-split__side">
            <ItemPreview item={item} document={shown} />
          </div>
        )}
      </div>
      {open === 'change' && <ChangeDialog item={item} onClose={close} />}
      {open === 'assign' && <AssignDialog item={item} onClose={close} />}
      {open === 'split' && <SplitDialog item={item} onClose={close} />}
      {open === 'join' && <JoinDialog item={item} onClose={close} />}
      {open === 'giveBack' && item.went_to && (
        <GiveBackDialog caseId={item.went_to.case} item={item.id} onClose={close} />
      )}
      {typeof open === 'object' && open !== null && (
        <PaperDialog caseId={item.id} document={open.paper} onClose={close} />
      )}
    </Page>
  );
}

/** What keeps it here, or where it went. */
function Standing({ item, onOpen }: { item: IncomingItem; onOpen: (open: Open) => void }) {
  const { t, say } = useSpeech();
  const words = t.incoming.item;
  if (!item.open)
    return (
      <Alert tone="info" title={words.doneTitle(item.outcome_title === null ? '' : say(item.outcome_title))}>
        {item.went_to !== null && (
          <p>
            {item.lies_there === false ? words.went : words.wentTo}{' '}
            <CaseLabel number={item.went_to.number} subject={item.went_to.subject} /> (
            {say(item.went_to.process_title)})
          </p>
        )}
        {item.lies_there === false && <p>{words.gone}</p>}
        {item.lies_there === true && !item.may_give_back && <p>{words.wrong}</p>}
        {item.may_give_back && <Button onClick={() => onOpen('giveBack')}>{t.incoming.giveBack.act}</Button>}
      </Alert>
    );
  if (item.under_way) return <Alert tone="info" title={words.underWay} />;
  return (
    <>
      {item.refused !== null && (
        <Alert tone="danger" title={words.refused}>
          <p>{say(item.refused)}</p>
        </Alert>
      )}
      {!item.day_confirmed && (
        <Alert tone="warning" title={words.unconfirmed}>
          <p>{words.unconfirmedText}</p>
          <Button look="primary" onClick={() => onOpen('change')}>
            {words.confirm}
          </Button>
        </Alert>
      )}
    </>
  );
}

function Facts({ item }: { item: IncomingItem }) {
  const { t, dayLong, say } = useSpeech();
  const words = t.incoming.item;
  const facts: [string, string | null][] = [
    [words.received, dayLong(item.received_on)],
    [words.channel, say(item.channel_title)],
    [words.sender, item.sender ?? t.incoming.noSender],
    [words.email, item.email],
    [words.source, item.source],
    [words.paper, item.documents_shown.length === 0 ? item.paper : null],
  ];
  return (
    <dl className="kern-description-list">
      {facts.map(([title, value]) =>
        value === null ? null : (
          <div key={title} className="kern-description-list-item">
            <dt className="kern-description-list-item__key">{title}</dt>
            <dd className="kern-description-list-item__value">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Documents({
  item,
  shown,
  onShow,
  onPaper,
}: {
  item: IncomingItem;
  /** The number of the one that is shown beside. */
  shown: number | undefined;
  onShow: (number: number) => void;
  onPaper: (document: IncomingItem['documents_shown'][number]) => void;
}) {
  const { t, size, say, day } = useSpeech();
  const words = t.incoming;
  return (
    <Section title={words.item.documents}>
      {item.documents_shown.length === 0 && <p className="fw-muted">{words.item.noDocuments}</p>}
      <ul className="fw-plain-list">
        {item.documents_shown.map((document) => (
          <li key={document.number}>
            <DocumentLink caseId={item.id} number={document.number}>
              {document.title}
            </DocumentLink>{' '}
            {item.documents_shown.length > 1 && (
              <Button
                small
                aria-pressed={document.number === shown}
                aria-label={words.preview.showOf(document.title)}
                onClick={() => onShow(document.number)}
              >
                {words.preview.show}
              </Button>
            )}
            <Button small onClick={() => onPaper(document)} aria-label={words.paper.actOf(document.title)}>
              {words.paper.act}
            </Button>
            <span className="fw-sub">
              {size(document.size)}
              {document.paper !== null && ` · ${words.paper.shown(document.paper)}`}
            </span>
            {document.elsewhere.length > 0 && (
              <span className="fw-sub">
                {words.item.elsewhere}{' '}
                {document.elsewhere
                  .map((place) => {
                    const name = place.item
                      ? words.item.elsewhereItem
                      : [place.number ?? t.inbox.noNumber, say(place.process_title)].join(' · ');
                    return `${name} (${words.item.receivedThere(day(place.received_on))})`;
                  })
                  .join('; ')}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Actions({ item, onOpen }: { item: IncomingItem; onOpen: (open: Open) => void }) {
  const { t } = useSpeech();
  const words = t.incoming;
  return (
    <Section title={words.item.actions}>
      <div className="fw-actions">
        {item.day_confirmed && (
          <>
            <Button look="primary" onClick={() => onOpen('assign')}>
              {words.assign.act}
            </Button>
            <Link to="/start" search={{ item: item.id }} className="kern-btn kern-btn--secondary">
              <span className="kern-label">{words.begin.act}</span>
            </Link>
          </>
        )}
        {item.documents_shown.length > 1 && (
          <Button onClick={() => onOpen('split')}>{words.split.act}</Button>
        )}
        {item.day_confirmed && <Button onClick={() => onOpen('join')}>{words.join.act}</Button>}
        {item.day_confirmed && <Button onClick={() => onOpen('change')}>{words.item.change}</Button>}
        {item.task !== null && (
          <Link to="/tasks/$id" params={{ id: item.task }} className="kern-btn kern-btn--secondary">
            <span className="kern-label">{words.discard.act}</span>
          </Link>
        )}
      </div>
    </Section>
  );
}
