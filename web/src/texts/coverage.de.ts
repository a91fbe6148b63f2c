import { plural } from './plural';

export const coverage = {
  show: 'Abdeckung zeigen',
  hide: 'Abdeckung ausblenden',
  title: 'Abdeckung durch Szenarien',
  intro:
    'Was die Szenarien dieses Verfahrens erreichen und was keines je erreicht hat. Was in einem Baustein steht, prüfen dessen eigene Szenarien.',
  playing: 'Die Szenarien werden gespielt …',
  figure: (reached: number, of: number) => `${reached} von ${of}`,
  scenarios: 'Szenarien bestanden',
  all: 'Die Szenarien erreichen alles.',
  gaps: (count: number) => plural(count, 'Lücke', 'Lücken'),
  gapsTitle: (count: number) => `Von keinem Szenario erreicht: ${count}`,
  missed: 'nie erreicht',
  legend: 'Gepunktet und mit ∅: Diesen Weg ging kein Szenario.',
  failed: (titles: string) => `Nicht bestanden: ${titles}. Was danach käme, ist nicht gezählt.`,
};
