// How steps and ways look in the picture.
import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
} from '@xyflow/react';
import { createContext, use } from 'react';

import { useSpeech } from '../../texts/language';
import { Icon, type IconName } from '../icon';
import type { DrawnNode } from './drawn';
import { pathThrough, type PlacedEdge } from './layout';

/** What a node says besides its title. Always symbol and words, never colour alone. */
export interface Mark {
  look: 'active' | 'visited' | 'pale' | 'problem' | 'missed';
  icon?: IconName;
  words: string;
}

export type StepNode = Node<{ node: DrawnNode; mark: Mark | undefined }, 'step' | 'scope'>;
/** A way that the case went, or that no scenario ever did. */
export type WayLook = 'gone' | 'missed';
export type WayEdge = Edge<{ placed: PlacedEdge; look: WayLook | undefined }, 'way'>;

/** What the boxes can ask for. */
export const Actions = createContext<{ select: (step: string) => void; fold: (step: string) => void }>({
  select: () => undefined,
  fold: () => undefined,
});

function Box({ data, selected, type }: NodeProps<StepNode>) {
  const { t } = useSpeech();
  const { select } = use(Actions);
  const { node, mark } = data;
  const scope = type === 'scope';
  const base = scope ? 'fw-scope' : 'fw-step';
  const classes = [base, `${base}--${node.kind}`];
  if (mark) classes.push(`${base}--${mark.look}`);
  if (selected) classes.push(`${base}--selected`);
  return (
    <div className={classes.join(' ')}>
      <Ends />
      <button
        type="button"
        className={`${base}__button nopan`}
        aria-pressed={selected}
        onClick={() => select(node.id)}
      >
        <span className="fw-step__kind">
          {t.designer.kinds[node.kind]}
          <span className="kern-sr-only">: </span>
        </span>
        <span className={`${base}__title`}>
          {node.title}
          {mark && <span className="kern-sr-only">, {mark.words}</span>}
        </span>
      </button>
      {node.foldable && <Fold node={node} />}
      {node.handlers.length > 0 && (
        <ul className="fw-step__handlers">
          {node.handlers.map((handler) => (
            <li key={handler.name} className={handler.beside ? 'fw-step__handler--beside' : ''}>
              {handler.text}
            </li>
          ))}
        </ul>
      )}
      {mark && mark.look !== 'pale' && <MarkSign mark={mark} />}
    </div>
  );
}

/** Opens and closes a block. */
function Fold({ node }: { node: DrawnNode }) {
  const { t } = useSpeech();
  const { fold } = use(Actions);
  const act = node.open ? t.designer.fold : t.designer.unfold;
  const inside = t.designer.inside(node.inside);
  return (
    <button
      type="button"
      className="fw-step__fold nopan"
      aria-expanded={node.open}
      aria-label={`${inside}, ${node.title}: ${act}`}
      onClick={() => fold(node.id)}
    >
      <Icon name={node.open ? 'close' : 'add'} size="small" />
      {inside}
    </button>
  );
}

function MarkSign({ mark }: { mark: Mark }) {
  return (
    <span className={`fw-step__mark fw-step__mark--${mark.look}`} aria-hidden="true">
      {mark.icon && <Icon name={mark.icon} size="small" />}
      {mark.words}
    </span>
  );
}

/** xyflow wants ends for its edges; ours know their way themselves. */
function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Top} className="fw-hidden-handle" isConnectable={false} />
      <Handle type="source" position={Position.Bottom} className="fw-hidden-handle" isConnectable={false} />
    </>
  );
}

function Way({ id, data }: EdgeProps<WayEdge>) {
  if (!data) return null;
  const { placed, look } = data;
  const { edge } = placed;
  const shape = look ?? (edge.handler ? 'handler' : null);
  return (
    <>
      <BaseEdge
        id={id}
        path={pathThrough(placed.points)}
        className={shape === null ? 'fw-way' : `fw-way fw-way--${shape}`}
        markerEnd="url(#fw-arrow)"
      />
      {edge.text !== '' && placed.label && (
        <EdgeLabelRenderer>
          <span
            className={look ? `fw-way__label fw-way__label--${look}` : 'fw-way__label'}
            title={edge.full === edge.text ? undefined : edge.full}
            style={{ transform: `translate(${placed.label.x}px, ${placed.label.y}px)` }}
          >
            {look === 'missed' && '∅ '}
            {edge.text}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const NODE_TYPES = { step: Box, scope: Box };
export const EDGE_TYPES = { way: Way };
