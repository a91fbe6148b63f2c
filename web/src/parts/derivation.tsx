import type { Sentence } from '../api/shapes';
import { useSpeech } from '../texts/language';

/** How a date was computed, sentence by sentence, each with its provision. */
export function Derivation({ sentences }: { sentences: Sentence[] }) {
  const { language } = useSpeech();
  return (
    <ol className="fw-derivation">
      {sentences.map((sentence, index) => {
        const said = sentence[language];
        // Many sentences name their provision themselves.
        const norm = sentence.norm && !said.includes(sentence.norm) ? sentence.norm : null;
        return (
          <li key={index}>
            {said}
            {norm && <span className="fw-norm"> ({norm})</span>}
          </li>
        );
      })}
    </ol>
  );
}
