// The picture of a process: drawn by xyflow, placed by ELK. Reading only; the outline says the same in words.
import '@xyflow/react/dist/base.css';
import './picture.css';

import { ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';

import { useSpeech } from '../../texts/language';
import { Button } from '../button';
import { Loading } from '../loaded';
import { draw, openFor, type Subject } from './drawn';
import { place } from './elk';
import { centreOf, cornerOf, fromElk, type Picture, toElk } from './layout';
import {
  Actions,
  EDGE_TYPES,
  type Mark,
  NODE_TYPES,
  type StepNode,
  type WayEdge,
  type WayLook,
} from './nodes';

interface ProcessPictureProps {
  subject: Subject;
  label: string;
  marks?: ReadonlyMap<string, Mark>;
  /** How ways look that stand out, as `from→to`. */
  ways?: ReadonlyMap<string, WayLook>;
  selected?: string | undefined;
  /** The step that is in sight at first, when none is selected. */
  sight?: string | undefined;
  onSelect?: (step: string) => void;
}

export function ProcessPicture(props: ProcessPictureProps) {
  const { subject, selected, sight } = props;
  const { t, say } = useSpeech();
  const [open, setOpen] = useState(() => openFor(subject.graph, present(selected, sight)));
  const [followed, setFollowed] = useState(selected);
  const [picture, setPicture] = useState<Picture | null>(null);
  const [failed, setFailed] = useState(false);
  // What is selected in the outline must be in sight here: the blocks around it open.
  if (selected !== followed) {
    setFollowed(selected);
    setOpen(new Set([...open, ...openFor(subject.graph, present(selected))]));
  }
  const drawn = useMemo(() => draw(subject, open, { t, say }), [subject, open, t, say]);
  useEffect(() => {
    let over = false;
    place(toElk(drawn)).then(
      (answer) => {
        if (!over) setPicture(fromElk(drawn, answer));
      },
      (error: unknown) => {
        console.error(error);
        if (!over) setFailed(true);
      },
    );
    return () => {
      over = true;
    };
  }, [drawn]);
  const fold = (step: string) => {
    const next = new Set(open);
    if (!next.delete(step)) next.add(step);
    setOpen(next);
  };
  if (failed) return <p className="fw-muted">{t.designer.layoutFailed}</p>;
  if (picture === null) return <Loading label={t.designer.layingOut} />;
  return (
    <ReactFlowProvider>
      <Drawing {...props} picture={picture} onFold={fold} />
    </ReactFlowProvider>
  );
}

function present(...steps: (string | undefined)[]): string[] {
  return steps.filter((step): step is string => step !== undefined);
}

function Drawing({
  label,
  marks,
  ways,
  selected,
  sight,
  onSelect,
  onFold,
  picture,
}: Omit<ProcessPictureProps, 'subject'> & { picture: Picture; onFold: (step: string) => void }) {
  const { t } = useSpeech();
  const box = useRef<HTMLDivElement>(null);
  const hold = useHold(picture);
  const nodes = useMemo<StepNode[]>(
    () =>
      picture.nodes.map((placed) => ({
        id: placed.node.id,
        type: placed.scope ? 'scope' : 'step',
        position: { x: placed.x, y: placed.y },
        width: placed.width,
        height: placed.height,
        ...(placed.node.parent === null ? {} : { parentId: placed.node.parent }),
        data: { node: placed.node, mark: marks?.get(placed.node.id) },
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
        const look = ways?.get(`${placed.edge.from}→${placed.edge.to}`);
        return {
          id: placed.edge.id,
          source: placed.edge.from,
          target: placed.edge.to,
          type: 'way',
          data: { placed, look },
          focusable: false,
          selectable: false,
          zIndex: look ? 2 : 1,
        };
      }),
    [picture, ways],
  );
  const actions = {
    select: onSelect ?? (() => undefined),
    fold: (step: string) => {
      hold(step);
      onFold(step);
    },
  };
  return (
    <Actions value={actions}>
      <div className="fw-picture" role="region" aria-label={label}>
        <ArrowHead />
        <Controls />
        <div className="fw-picture__stage" ref={box}>
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
            panOnScroll={false}
            minZoom={0.15}
            maxZoom={1.5}
            onInit={(flow) => void flow.setViewport(firstSight(picture, box.current, selected ?? sight))}
            proOptions={{ hideAttribution: true }}
          />
        </div>
        <p className="kern-sr-only">{t.designer.canvasHelp}</p>
        <Follow picture={picture} selected={selected} />
      </div>
    </Actions>
  );
}

function ArrowHead() {
  return (
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
  return { x: room.width / 2 - middle * zoom, y: 24 - (first?.y ?? 0) * zoom, zoom };
}

function Controls() {
  const { t } = useSpeech();
  const flow = useReactFlow();
  const animation = { duration: reducedMotion() ? 0 : 200 };
  return (
    <div className="fw-picture__tools fw-no-print">
      <Button small onClick={() => void flow.zoomIn(animation)} aria-label={t.designer.zoomIn}>
        +
      </Button>
      <Button small onClick={() => void flow.zoomOut(animation)} aria-label={t.designer.zoomOut}>
        −
      </Button>
      <Button small onClick={() => void flow.fitView({ ...animation, padding: 0.05 })}>
        {t.designer.fit}
      </Button>
    </div>
  );
}

function reducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Brings the selected step into sight when it was selected elsewhere; once, not whenever the picture changes. */
function Follow({ picture, selected }: { picture: Picture; selected: string | undefined }) {
  const flow = useReactFlow();
  const followed = useRef(selected);
  useEffect(() => {
    if (selected === undefined || followed.current === selected) return;
    const centre = centreOf(picture, selected);
    if (!centre) return;
    followed.current = selected;
    const zoom = Math.max(flow.getZoom(), READABLE);
    void flow.setCenter(centre.x, centre.y, { zoom, duration: reducedMotion() ? 0 : 250 });
  }, [flow, picture, selected]);
  return null;
}

/** Keeps a block where it is on the screen while it opens or closes and everything else moves. Name it beforehand. */
function useHold(picture: Picture): (step: string) => void {
  const flow = useReactFlow();
  const anchor = useRef<string | null>(null);
  const before = useRef(picture);
  useEffect(() => {
    const id = anchor.current;
    const [was, is] = id === null ? [null, null] : [cornerOf(before.current, id), cornerOf(picture, id)];
    before.current = picture;
    anchor.current = null;
    if (!was || !is) return;
    const { x, y, zoom } = flow.getViewport();
    void flow.setViewport({ x: x + (was.x - is.x) * zoom, y: y + (was.y - is.y) * zoom, zoom });
  }, [flow, picture]);
  return (step) => {
    anchor.current = step;
  };
}
