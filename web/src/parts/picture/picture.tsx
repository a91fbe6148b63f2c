// The picture of a process: drawn by xyflow, placed by ELK. Reading only; the outline says the same in words.
import '@xyflow/react/dist/base.css';
import './picture.css';

import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  type Node,
  type NodeProps,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  Handle,
  Position,
} from '@xyflow/react';
import { createContext, use, useEffect, useMemo, useRef, useState } from 'react';

import type { Graph, GraphEdge, GraphNode } from '../../api/shapes';
import { type Speech, useSpeech } from '../../texts/language';
import { Button } from '../button';
import { Icon, type IconName } from '../icon';
import { Loading } from '../loaded';
import { place } from './elk';
import {
  centreOf,
  fromElk,
  pathThrough,
  type Picture,
  type PlacedEdge,
  type PlacedNode,
  toElk,
} from './layout';

/** What a node says besides its title. Always symbol and words, never colour alone. */
export interface Mark {
  look: 'active' | 'visited' | 'pale' | 'problem';
  icon?: IconName;
  words: string;
}

interface ProcessPictureProps {
  graph: Graph;
  label: string;
  marks?: ReadonlyMap<string, Mark>;
  /** Edges that were gone, as `from→to`. */
  gone?: ReadonlySet<string>;
  selected?: string | undefined;
  /** The step that is in sight at first, when none is selected. */
  sight?: string | undefined;
  onSelect?: (step: string) => void;
}

type StepNode = Node<{ placed: PlacedNode; mark: Mark | undefined }, 'step' | 'scope'>;
type WayEdge = Edge<{ placed: PlacedEdge; text: string; gone: boolean }, 'way'>;

const SelectContext = createContext<(step: string) => void>(() => undefined);

export function ProcessPicture(props: ProcessPictureProps) {
  const { t, language, ...speech } = useSpeech();
  const [picture, setPicture] = useState<Picture | null>(null);
  const [failed, setFailed] = useState(false);
  const { graph } = props;
  const { say } = speech;
  useEffect(() => {
    let over = false;
    place(
      toElk(
        graph,
        (node) => say(node.title),
        (edge) => edgeText(edge, graph),
      ),
    ).then(
      (answer) => {
        if (!over) setPicture(fromElk(graph, answer));
      },
      (error: unknown) => {
        console.error(error);
        if (!over) setFailed(true);
      },
    );
    return () => {
      over = true;
    };
    // `say` changes with the language only.
  }, [graph, say]);
  if (failed) return <p className="fw-muted">{t.designer.layoutFailed}</p>;
  if (picture === null) return <Loading label={t.designer.layingOut} />;
  return (
    <ReactFlowProvider key={language}>
      <Drawing {...props} picture={picture} />
    </ReactFlowProvider>
  );
}

/** What stands at an edge: the outcome, or the handler that takes it. */
function edgeText(edge: GraphEdge, graph: Graph): string {
  if (edge.handler !== null) return edge.handler;
  if (edge.outcome === null) return '';
  // A single way needs no name.
  const ways = graph.edges.filter((each) => each.from === edge.from && each.handler === null);
  return ways.length > 1 ? edge.outcome : '';
}

function Drawing({
  graph,
  label,
  marks,
  gone,
  selected,
  sight,
  onSelect,
  picture,
}: ProcessPictureProps & { picture: Picture }) {
  const { t } = useSpeech();
  const box = useRef<HTMLDivElement>(null);
  const nodes = useMemo<StepNode[]>(
    () =>
      picture.nodes.map((placed) => ({
        id: placed.node.id,
        type: placed.scope ? 'scope' : 'step',
        position: { x: placed.x, y: placed.y },
        width: placed.width,
        height: placed.height,
        ...(placed.node.parent === null ? {} : { parentId: placed.node.parent }),
        data: { placed, mark: marks?.get(placed.node.id) },
        selected: placed.node.id === selected,
        draggable: false,
        connectable: false,
        // The button inside the node takes the keyboard, with its own name.
        focusable: false,
      })),
    [picture, marks, selected],
  );
  const edges = useMemo<WayEdge[]>(
    () =>
      picture.edges.map((placed) => {
        const passed = gone?.has(`${placed.edge.from}→${placed.edge.to}`) ?? false;
        return {
          id: placed.edge.id,
          source: placed.edge.from,
          target: placed.edge.to,
          type: 'way',
          data: { placed, text: edgeText(placed.edge, graph), gone: passed },
          focusable: false,
          selectable: false,
          zIndex: passed ? 2 : 1,
        };
      }),
    [picture, graph, gone],
  );
  return (
    <SelectContext value={onSelect ?? (() => undefined)}>
      <div className="fw-picture" role="region" aria-label={label} ref={box}>
        <svg className="fw-defs" aria-hidden="true">
          <defs>
            <marker
              id="fw-arrow"
              viewBox="0 0 10 10"
              refX="9"
              refY="5"
              markerUnits="userSpaceOnUse"
              markerWidth="11"
              markerHeight="11"
              orient="auto"
            >
              <path d="M0,0L10,5L0,10z" fill="context-stroke" />
            </marker>
          </defs>
        </svg>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          zoomOnDoubleClick={false}
          preventScrolling={false}
          zoomOnScroll={false}
          panOnScroll
          minZoom={0.15}
          maxZoom={1.5}
          onInit={(flow) => void flow.setViewport(firstSight(picture, box.current, selected ?? sight))}
          proOptions={{ hideAttribution: true }}
        >
          <Controls />
        </ReactFlow>
        <p className="kern-sr-only">{t.designer.canvasHelp}</p>
        <Follow picture={picture} selected={selected} />
      </div>
    </SelectContext>
  );
}

/** Below this size the words in the boxes cannot be read. */
const READABLE = 0.8;

/** Where the picture stands at first: at the selected step, else at its beginning; at a size that can be read. */
function firstSight(picture: Picture, box: HTMLElement | null, selected: string | undefined) {
  const outer = picture.nodes.filter((placed) => placed.node.parent === null);
  const width = Math.max(...outer.map((placed) => placed.x + placed.width), 1);
  const room = { width: box?.clientWidth ?? width, height: box?.clientHeight ?? 0 };
  const zoom = Math.min(1, Math.max(READABLE, room.width / (width + 32)));
  const chosen = selected === undefined ? null : centreOf(picture, selected);
  if (chosen) return { x: room.width / 2 - chosen.x * zoom, y: room.height / 2 - chosen.y * zoom, zoom };
  const first = outer[0];
  const middle = width * zoom <= room.width || !first ? width / 2 : first.x + first.width / 2;
  return { x: room.width / 2 - middle * zoom, y: 24, zoom };
}

function Controls() {
  const { t } = useSpeech();
  const flow = useReactFlow();
  const animation = { duration: reducedMotion() ? 0 : 200 };
  return (
    <Panel position="top-right" className="fw-picture__tools fw-no-print">
      <Button
        small
        look="secondary"
        onClick={() => void flow.zoomIn(animation)}
        aria-label={t.designer.zoomIn}
      >
        +
      </Button>
      <Button
        small
        look="secondary"
        onClick={() => void flow.zoomOut(animation)}
        aria-label={t.designer.zoomOut}
      >
        −
      </Button>
      <Button small look="secondary" onClick={() => void flow.fitView({ ...animation, padding: 0.05 })}>
        {t.designer.fit}
      </Button>
    </Panel>
  );
}

function reducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Brings the selected step into sight when it was selected elsewhere. */
function Follow({ picture, selected }: { picture: Picture; selected: string | undefined }) {
  const flow = useReactFlow();
  useEffect(() => {
    const centre = selected === undefined ? null : centreOf(picture, selected);
    if (!centre) return;
    const zoom = Math.max(flow.getZoom(), READABLE);
    void flow.setCenter(centre.x, centre.y, { zoom, duration: reducedMotion() ? 0 : 250 });
  }, [flow, picture, selected]);
  return null;
}

function nameOf(node: GraphNode, mark: Mark | undefined, { t, say }: Speech): string {
  const name = t.designer.node(t.designer.kinds[node.kind], say(node.title));
  return mark ? `${name}, ${mark.words}` : name;
}

function StepBox({ data, selected }: NodeProps<StepNode>) {
  const speech = useSpeech();
  const { t, say } = speech;
  const select = use(SelectContext);
  const { node } = data.placed;
  const look = data.mark ? ` fw-step--${data.mark.look}` : '';
  return (
    <div className={`fw-step fw-step--${node.kind}${look}${selected ? ' fw-step--selected' : ''}`}>
      <Ends />
      <button
        type="button"
        className="fw-step__button nopan"
        aria-pressed={selected}
        aria-label={nameOf(node, data.mark, speech)}
        onClick={() => select(node.id)}
      >
        <span className="fw-step__kind">{t.designer.kinds[node.kind]}</span>
        <span className="fw-step__title">{say(node.title)}</span>
      </button>
      <Handlers node={node} />
      {data.mark && data.mark.look !== 'pale' && <MarkSign mark={data.mark} />}
    </div>
  );
}

function ScopeBox({ data, selected }: NodeProps<StepNode>) {
  const speech = useSpeech();
  const { t, say } = speech;
  const select = use(SelectContext);
  const { node } = data.placed;
  const look = data.mark ? ` fw-scope--${data.mark.look}` : '';
  return (
    <div className={`fw-scope${look}${selected ? ' fw-scope--selected' : ''}`}>
      <Ends />
      <button
        type="button"
        className="fw-scope__button nopan"
        aria-pressed={selected}
        aria-label={nameOf(node, data.mark, speech)}
        onClick={() => select(node.id)}
      >
        <span className="fw-step__kind">{t.designer.kinds[node.kind]}</span>
        <span className="fw-scope__title">{say(node.title)}</span>
      </button>
      <Handlers node={node} />
      {data.mark && data.mark.look !== 'pale' && <MarkSign mark={data.mark} />}
    </div>
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

function Handlers({ node }: { node: GraphNode }) {
  const { t } = useSpeech();
  if (node.handlers.length === 0) return null;
  return (
    <ul className="fw-step__handlers">
      {node.handlers.map((handler) => (
        <li key={handler.name} className={handler.interrupt ? '' : 'fw-step__handler--beside'}>
          {t.designer.handlerKinds[handler.kind] ?? handler.kind}: {handler.name}
        </li>
      ))}
    </ul>
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
  const { placed, text, gone } = data;
  return (
    <>
      <BaseEdge
        id={id}
        path={pathThrough(placed.points)}
        className={
          gone ? 'fw-way fw-way--gone' : placed.edge.handler === null ? 'fw-way' : 'fw-way fw-way--handler'
        }
        markerEnd="url(#fw-arrow)"
      />
      {text !== '' && placed.label && (
        <EdgeLabelRenderer>
          <span
            className={gone ? 'fw-way__label fw-way__label--gone' : 'fw-way__label'}
            style={{ transform: `translate(${placed.label.x}px, ${placed.label.y}px)` }}
          >
            {text}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

const NODE_TYPES = { step: StepBox, scope: ScopeBox };
const EDGE_TYPES = { way: Way };
