// What of a process is drawn: folded blocks hide what is inside them, ways with the same ends become one, and what can
// happen at any time gets a node of its own. Pure.
import type { Graph, GraphEdge, Handler, Outline, StepKind, Text } from '../../api/shapes';
import type { Texts } from '../../texts/de';

export interface DrawnNode {
  id: string;
  parent: string | null;
  kind: StepKind;
  title: string;
  handlers: { name: string; text: string; beside: boolean }[];
  /** How many steps are inside it, however deep. */
  inside: number;
  /** Whether it can be opened and closed. */
  foldable: boolean;
  open: boolean;
}

export interface DrawnEdge {
  id: string;
  from: string;
  to: string;
  /** As short as it must be to stand beside the way. */
  text: string;
  /** In full. */
  full: string;
  /** Whether something that happens takes this way, not the step itself. */
  handler: boolean;
}

export interface Drawn {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

/** What is to be drawn. */
export interface Subject {
  graph: Graph;
  outline: Outline[];
  /** What the process reacts to while it runs. */
  handlers: Handler[];
}

interface Words {
  t: Texts;
  say: (text: Text) => string;
}

/** The id of the node for what can happen at any time; no step can be called so. */
export const ALWAYS = '@always';
/** The longest label of a way, in characters; the outline says it in full. */
const LONGEST_LABEL = 32;

/** The nodes around a node, the nearest first. */
export function around(id: string, parents: ReadonlyMap<string, string | null>): string[] {
  const path: string[] = [];
  for (
    let at = parents.get(id) ?? null;
    at !== null && path.length <= parents.size;
    at = parents.get(at) ?? null
  ) {
    path.push(at);
  }
  return path;
}

/** Which node is around each; a node that is not there counts as none. */
export function parentsOf(nodes: { id: string; parent: string | null }[]): Map<string, string | null> {
  const known = new Set(nodes.map((node) => node.id));
  return new Map(
    nodes.map((node) => [node.id, node.parent !== null && known.has(node.parent) ? node.parent : null]),
  );
}

/** The blocks that must be open for these steps to be in sight. */
export function openFor(graph: Graph, steps: string[]): Set<string> {
  const parents = parentsOf(graph.nodes);
  const blocks = new Set(graph.nodes.filter((node) => node.kind === 'block').map((node) => node.id));
  return new Set(steps.flatMap((step) => around(step, parents)).filter((id) => blocks.has(id)));
}

/** The picture of a process with these blocks open. */
export function draw(subject: Subject, open: ReadonlySet<string>, words: Words): Drawn {
  const { graph } = subject;
  const { t, say } = words;
  const parents = parentsOf(graph.nodes);
  const inside = new Map<string, number>();
  for (const node of graph.nodes) {
    for (const outer of around(node.id, parents)) inside.set(outer, (inside.get(outer) ?? 0) + 1);
  }
  const folded = (id: string) => {
    const node = graph.nodes.find((each) => each.id === id);
    return node?.kind === 'block' && inside.has(id) && !open.has(id);
  };
  const closed = new Set(graph.nodes.map((node) => node.id).filter(folded));
  const shown = graph.nodes.filter((node) => !around(node.id, parents).some((outer) => closed.has(outer)));
  const handlerLines = (handlers: Handler[]) =>
    handlers.map((handler) => ({
      name: handler.name,
      text: `${t.designer.handlerKinds[handler.kind] ?? handler.kind}: ${say(handler.title)}`,
      beside: !handler.interrupt,
    }));
  const nodes: DrawnNode[] = shown.map((node) => ({
    id: node.id,
    parent: parents.get(node.id) ?? null,
    kind: node.kind,
    title: say(node.title),
    handlers: handlerLines(node.handlers),
    inside: inside.get(node.id) ?? 0,
    foldable: node.kind === 'block' && inside.has(node.id),
    open: !closed.has(node.id),
  }));
  const edges = drawEdges(subject, new Set(shown.map((node) => node.id)), words);
  if (subject.handlers.length === 0) return { nodes, edges };
  const always: DrawnNode = {
    id: ALWAYS,
    parent: null,
    kind: 'wait',
    title: t.designer.always,
    handlers: handlerLines(subject.handlers),
    inside: 0,
    foldable: false,
    open: true,
  };
  // After the others: what begins a case comes first.
  return { nodes: [...nodes, always], edges };
}

function drawEdges(
  { graph, outline, handlers }: Subject,
  shown: ReadonlySet<string>,
  { t, say }: Words,
): Drawn['edges'] {
  const titles = outcomeTitles(outline, say);
  const ways = new Map<string, number>();
  for (const edge of graph.edges)
    if (edge.handler === null) ways.set(edge.from ?? '', (ways.get(edge.from ?? '') ?? 0) + 1);
  const isChosen = (edge: GraphEdge) => edge.outcome !== null || edge.when !== null;
  const chosen = new Set(graph.edges.filter(isChosen).map((edge) => edge.from ?? ''));
  const text = (edge: GraphEdge): string => {
    if (edge.handler !== null) return handlerTitle(edge, graph, handlers, say);
    if (edge.outcome !== null) {
      // The only way needs no name.
      return (ways.get(edge.from ?? '') ?? 0) > 1
        ? (titles.get(`${edge.from}\n${edge.outcome}`) ?? edge.outcome)
        : '';
    }
    if (edge.when !== null) return edge.when_sentence ? say(edge.when_sentence) : edge.when;
    // Paths that all begin are no alternatives.
    return chosen.has(edge.from ?? '') ? t.designer.otherwise : '';
  };
  const merged = new Map<string, DrawnEdge>();
  for (const edge of graph.edges) {
    const from = edge.from ?? (handlers.length > 0 ? ALWAYS : null);
    if (from === null || (from !== ALWAYS && !shown.has(from)) || !shown.has(edge.to)) continue;
    const key = `${from}\n${edge.to}\n${edge.handler !== null}`;
    const known = merged.get(key);
    const said = text(edge);
    if (!known)
      merged.set(key, {
        id: edge.id,
        from,
        to: edge.to,
        text: '',
        full: said,
        handler: edge.handler !== null,
      });
    else if (said !== '') known.full = known.full === '' ? said : `${known.full} · ${said}`;
  }
  return [...merged.values()].map((edge) => ({ ...edge, text: shorten(edge.full) }));
}

function handlerTitle(edge: GraphEdge, graph: Graph, always: Handler[], say: (text: Text) => string): string {
  const own =
    edge.from === null ? always : (graph.nodes.find((node) => node.id === edge.from)?.handlers ?? []);
  const handler = own.find((each) => each.name === edge.handler);
  return handler ? say(handler.title) : (edge.handler ?? '');
}

function outcomeTitles(outline: Outline[], say: (text: Text) => string): Map<string, string> {
  const titles = new Map<string, string>();
  const walk = (items: Outline[]) => {
    for (const item of items) {
      for (const flow of item.flows) {
        if (flow.outcome !== null && flow.outcome_title)
          titles.set(`${item.step}\n${flow.outcome}`, say(flow.outcome_title));
      }
      walk(item.children);
    }
  };
  walk(outline);
  return titles;
}

function shorten(text: string): string {
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1).trimEnd()}…`;
}
