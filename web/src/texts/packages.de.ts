// Blocks that come as signed packages, and whose packages the authority takes.

export const packages = {
  install: 'Paket installieren',
  file: 'Paketdatei',
  installHelp:
    'Die Datei (.fwpkg), wie sie vom Herausgeber kommt. Unterschrift und Inhalt werden geprüft; installiert werden alle Bausteine des Pakets oder keiner.',
  installed: (id: string, version: string, blocks: string) =>
    `Das Paket ${id}, Version ${version}, ist installiert: ${blocks}.`,
  refused: 'Das Paket wurde nicht installiert.',
  from: 'Herkunft',
  fromPackage: (id: string, version: string, publisher: string) =>
    `Paket ${id}, Version ${version}, von ${publisher}`,
  noLongerTrusted: 'einem Herausgeber, dessen Pakete nicht mehr angenommen werden',
  publishers: 'Herausgeber',
  publishersIntro:
    'Wessen Pakete die Behörde annimmt. Fragen Sie den Schlüssel auf anderem Weg ab als dem, auf dem die Pakete kommen.',
  none: 'Noch ist kein Herausgeber eingetragen; Pakete werden nicht angenommen.',
  add: 'Herausgeber eintragen',
  added: 'Der Herausgeber ist eingetragen.',
  name: 'Name',
  nameMissing: 'Bitte geben Sie einen Namen an.',
  key: 'Öffentlicher Schlüssel',
  keyHelp: '64 Ziffern 0–9 und a–f, wie „fachwerk block key“ sie nennt.',
  keyWrong: 'Der Schlüssel hat 64 Ziffern 0–9 und a–f.',
  since: 'Eingetragen',
  by: 'von',
  action: 'Aktion',
  remove: 'Streichen',
  removeOf: (name: string) => `Herausgeber ${name} streichen`,
  removeWarning: 'Neue Pakete dieses Herausgebers werden dann abgelehnt. Was installiert ist, bleibt.',
  removed: 'Der Herausgeber ist gestrichen.',
};
