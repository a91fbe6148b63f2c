import { useInfiniteQuery } from '@tanstack/react-query';

import { runPostQuery } from '../api/queries';
import { PostList } from '../case/post-page';
import { Section } from '../parts/page';
import { useSpeech } from '../texts/language';

/** The letters of a run in the outgoing post: printed together, one day for all. */
export function RunPost({ number }: { number: number }) {
  const { t } = useSpeech();
  const query = useInfiniteQuery(runPostQuery(number));
  return (
    <Section title={t.runs.post.title} className="fw-no-print">
      <p className="kern-body">{t.runs.post.intro}</p>
      <PostList query={query} empty={t.runs.post.empty} />
    </Section>
  );
}
