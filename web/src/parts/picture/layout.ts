// From what is drawn to places on a plane: what ELK is asked, and what its answer means. Pure; ELK itself runs in a
// worker (see elk.ts).
import { around, type Drawn, type DrawnEdge, type DrawnNode, parentsOf } from './drawn';

/** A node as ELK takes it. Sizes in CSS pixels. */
export interface ElkIn {
  id: string;
  width?: number;
  height?: number;
  children?: ElkIn[];
  edges?: {
    id: string;
    sources: string[];
    targets: string[];
    labels: { text: string; width: number; height: number }[];
  }[];
  layoutOptions?: Record<string, string>;
}

/** What ELK answers: the same with places. */
export interface ElkOut {
  id: string;
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  children?: ElkOut[];
  edges?: {
    id: string;
    sections?: { startPoint: Point; endPoint: Point; bendPoints?: Point[] }[];
    labels?: { x?: number; y?: number }[];
  }[];
}

export interface Point {
  x: number;
  y: number;
}

/** A node with its place; x and y count from the node around it. */
export interface PlacedNode {
  node: DrawnNode;
  x: number;
  y: number;
  width: number;
  height: number;
  scope: boolean;
}

/** An edge with its way; all points count from the corner of the picture. */
export interface PlacedEdge {
  edge: DrawnEdge;
  points: Point[];
  label: Point | null;
}

export interface Picture {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

const NODE_WIDTH = 208;
const LINE_HEIGHT = 20;
/** The line of the kind, the padding and the border. */
const NODE_FRAME = 42;
const CHARS_A_LINE = 24;
const HANDLER_LINE = 20;
/** The button that opens and closes a block. */
const FOLD_LINE = 30;
/** The widest that a character of a label usually is. */
const CHAR_WIDTH = 7;
const MOST_LINES = 3;
/** Room for the title of a scope above what is in it. */
const SCOPE_TOP = 70;

/** How many lines a title takes. */
export function linesOf(title: string): number {
  let lines = 1;
  let used = 0;
  for (const word of title.split(/\s+/)) {
    const needed = used === 0 ? word.length : used + 1 + word.length;
    if (needed > CHARS_A_LINE && used > 0) {
      lines += 1;
      used = word.length;
    } else {
      used = needed;
    }
  }
  return Math.min(lines, MOST_LINES);
}

/** The innermost node around both ends of an edge; null for the picture itself. */
export function homeOf(
  edge: { from: string; to: string },
  parents: ReadonlyMap<string, string | null>,
): string | null {
  const outer = new Set(around(edge.to, parents));
  return around(edge.from, parents).find((id) => outer.has(id)) ?? null;
}

/** The graph as ELK takes it: scopes hold what is inside them, an edge belongs to the scope around both its ends. */
export function toElk(drawn: Drawn): ElkIn {
  const parents = parentsOf(drawn.nodes);
  const children = new Map<string | null, DrawnNode[]>();
  for (const node of drawn.nodes) {
    const parent = parents.get(node.id) ?? null;
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const edges = new Map<string | null, DrawnEdge[]>();
  for (const edge of drawn.edges) {
    const home = homeOf(edge, parents);
    edges.set(home, [...(edges.get(home) ?? []), edge]);
  }
  const within = (parent: string | null): Pick<ElkIn, 'children' | 'edges'> => ({
    children: (children.get(parent) ?? []).map((node) => {
      const scope = children.has(node.id);
      const extra = node.handlers.length * HANDLER_LINE + (node.foldable ? FOLD_LINE : 0);
      if (scope) {
        return {
          id: node.id,
          ...within(node.id),
          layoutOptions: { 'elk.padding': `[top=${SCOPE_TOP + extra},left=16,bottom=16,right=16]` },
        };
      }
      return {
        id: node.id,
        width: NODE_WIDTH,
        height: NODE_FRAME + linesOf(node.title) * LINE_HEIGHT + extra,
      };
    }),
    edges: (edges.get(parent) ?? []).map((edge) => ({
      id: edge.id,
      sources: [edge.from],
      targets: [edge.to],
      labels:
        edge.text === '' ? [] : [{ text: edge.text, width: edge.text.length * CHAR_WIDTH + 8, height: 18 }],
    })),
  });
  return {
    id: 'picture',
    ...within(null),
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.json.edgeCoords': 'ROOT',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.layered.spacing.nodeNodeBetweenLayers': '40',
      'elk.spacing.nodeNode': '32',
      'elk.spacing.edgeNode': '20',
      'elk.spacing.edgeLabel': '4',
      'elk.edgeLabels.inline': 'false',
    },
  };
}

/** The answer of ELK as places. Nodes come outer before inner, as the picture needs them. */
export function fromElk(drawn: Drawn, answer: ElkOut): Picture {
  const byId = new Map(drawn.nodes.map((node) => [node.id, node]));
  const edgeById = new Map(drawn.edges.map((edge) => [edge.id, edge]));
  const nodes: PlacedNode[] = [];
  const edges: PlacedEdge[] = [];
  const walk = (around: ElkOut) => {
    for (const placed of around.children ?? []) {
      const node = byId.get(placed.id);
      if (node) {
        nodes.push({
          node,
          x: placed.x ?? 0,
          y: placed.y ?? 0,
          width: placed.width ?? NODE_WIDTH,
          height: placed.height ?? NODE_FRAME,
          scope: (placed.children ?? []).length > 0,
        });
      }
      walk(placed);
    }
    for (const placed of around.edges ?? []) {
      const edge = edgeById.get(placed.id);
      const section = placed.sections?.[0];
      if (!edge || !section) continue;
      const label = placed.labels?.[0];
      edges.push({
        edge,
        points: [section.startPoint, ...(section.bendPoints ?? []), section.endPoint],
        label: label?.x === undefined || label.y === undefined ? null : { x: label.x, y: label.y },
      });
    }
  };
  walk(answer);
  return { nodes, edges };
}

/** How much of a tall scope counts as its head, where its title is. */
const HEAD = 200;

/** The upper left corner of a node, counted from the corner of the picture. */
export function cornerOf(picture: Picture, id: string): Point | null {
  const byId = new Map(picture.nodes.map((placed) => [placed.node.id, placed]));
  const placed = byId.get(id);
  if (!placed) return null;
  const outer = around(id, parentsOf(picture.nodes.map((each) => each.node)));
  return {
    x: outer.reduce((sum, each) => sum + (byId.get(each)?.x ?? 0), placed.x),
    y: outer.reduce((sum, each) => sum + (byId.get(each)?.y ?? 0), placed.y),
  };
}

/** The middle of a node (of the head of a tall one), counted from the corner of the picture. */
export function centreOf(picture: Picture, id: string): Point | null {
  const corner = cornerOf(picture, id);
  const placed = picture.nodes.find((each) => each.node.id === id);
  if (!corner || !placed) return null;
  return { x: corner.x + placed.width / 2, y: corner.y + Math.min(placed.height, HEAD) / 2 };
}

/** The way of an edge as SVG, its corners rounded. */
export function pathThrough(points: Point[], radius = 8): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, index) => {
    const before = points[index];
    const after = rest[index + 1];
    if (!before || !after) {
      path += `L${point.x},${point.y}`;
      return;
    }
    const into = Math.hypot(point.x - before.x, point.y - before.y);
    const out = Math.hypot(after.x - point.x, after.y - point.y);
    const r = Math.min(radius, into / 2, out / 2);
    if (r === 0) return;
    const start = {
      x: point.x - ((point.x - before.x) / into) * r,
      y: point.y - ((point.y - before.y) / into) * r,
    };
    const end = {
      x: point.x + ((after.x - point.x) / out) * r,
      y: point.y + ((after.y - point.y) / out) * r,
    };
    path += `L${start.x},${start.y}Q${point.x},${point.y} ${end.x},${end.y}`;
  });
  return path;
}
