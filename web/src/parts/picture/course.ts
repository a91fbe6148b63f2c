// What a case has gone through, as marks on the picture of its process. Pure.
import type { Course, Graph } from '../../api/shapes';
import type { Texts } from '../../texts/de';
import type { Mark, WayLook } from './nodes';

/** The mark of each step. A scope is active when anything in it is. */
export function courseMarks(graph: Graph, course: Course, t: Texts): Map<string, Mark> {
  const active = new Set(course.active);
  const marks = new Map<string, Mark>();
  for (const { id } of graph.nodes) {
    const count = course.visited[id] ?? 0;
    if (active.has(id)) marks.set(id, { look: 'active', icon: 'arrow-forward', words: t.course.active });
    else if (count > 1)
      marks.set(id, { look: 'visited', icon: 'check', words: t.course.visitedTimes(count) });
    else if (count === 1) marks.set(id, { look: 'visited', icon: 'check', words: t.course.visited });
    else marks.set(id, { look: 'pale', words: t.course.notVisited });
  }
  return marks;
}

/** The ways that were gone, as the picture names them. */
export function goneWays(course: Course): Map<string, WayLook> {
  return new Map(course.ways.map((way) => [way.slice(0, 2).join('→'), 'gone']));
}
