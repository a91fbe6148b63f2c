// The shapes that the server sends, under the names that the application uses. The only file that names the schema.
import type { components, paths } from './schema.gen';

export type { paths };

type Schemas = components['schemas'];

export type Text = Schemas['Text'];
export type Person = Schemas['Person'];
export type ListedPerson = Schemas['ListedPerson'];
export type PersonName = Schemas['PersonName'];
export type Session = Schemas['Session'];
export type ProblemFix = Schemas['ProblemFix'];
export type FixChange = Schemas['FixChange'];
export type ProblemRun = Schemas['ProblemRun'];
export type Misfit = Schemas['Misfit'];
export type ProblemBody = Schemas['Problem'];
export type InboxEntry = Schemas['InboxEntry'];
export type FormLook = Schemas['FormLook'];
export type Extended = Schemas['Extended'];
export type TaskDetail = Schemas['TaskDetail'];
export type Shown = Schemas['Shown'];
export type CaseEntry = Schemas['CaseEntry'];
export type CaseDetail = Schemas['CaseDetail'];
export type CaseTask = Schemas['CaseTask'];
export type CaseErrand = Schemas['CaseErrand'];
export type CaseDeadline = Schemas['CaseDeadline'];
export type CaseParty = Schemas['CaseParty'];
export type CaseAct = Schemas['CaseAct'];
export type ActAddressee = Schemas['ActAddressee'];
export type EndedDeadline = Schemas['EndedDeadline'];
export type CaseIncident = Schemas['CaseIncident'];
export type Wait = Schemas['Wait'];
export type CaseDocument = Schemas['CaseDocument'];
export type Note = Schemas['CaseNote'];
export type Course = Schemas['Course'];
export type Sentence = Schemas['Sentence'];
export type Dispatched = Schemas['Dispatched'];
export type LetterPreview = Schemas['LetterPreview'];
export type Completed = Schemas['Completed'];
export type JournalEntry = Schemas['JournalEntry'];
export type DeadlineEntry = Schemas['DeadlineEntry'];
export type IncidentEntry = Schemas['IncidentEntry'];
export type Statistics = Schemas['Statistics'];
export type ProcessStatistics = Schemas['ProcessStatistics'];
export type MonthStatistics = Schemas['MonthStatistics'];
export type OutcomeCount = Schemas['OutcomeCount'];
export type RoleStatistics = Schemas['RoleStatistics'];
export type CappedCount = Schemas['CappedCount'];
export type PostEntry = Schemas['PostEntry'];
export type IncomingEntry = Schemas['IncomingEntry'];
export type IncomingItem = Schemas['IncomingItem'];
export type ItemTarget = Schemas['ItemTarget'];
export type ProcessEntry = Schemas['ProcessEntry'];
export type ProcessDetail = Schemas['ProcessDetail'];
export type ProcessCoverage = Schemas['ProcessCoverage'];
export type CoveragePoint = Schemas['CoveragePoint'];
export type StepKind = Schemas['StepKind'];
export type Outline = Schemas['Outline'];
export type Graph = Schemas['Graph'];
export type GraphNode = Schemas['GraphNode'];
export type GraphEdge = Schemas['GraphEdge'];
export type Handler = Schemas['HandlerEntry'];
export type Diagnostic = Schemas['Diagnostic'];
export type Findings = Schemas['Findings'];
export type ExplainedFinding = Schemas['ExplainedFinding'];
export type ExampleFile = Schemas['ExampleFile'];
export type ScenarioResult = Schemas['ScenarioResult'];
export type Deployed = Schemas['DeployedProcess'];
export type DraftEntry = Schemas['DraftEntry'];
export type Block = Schemas['BlockEntry'];
export type Publisher = Schemas['PublisherEntry'];
export type Role = Schemas['RoleEntry'];
export type Substitution = Schemas['SubstitutionEntry'];
export type BegunSubstitution = Schemas['BegunSubstitution'];
export type Token = Schemas['TokenEntry'];
export type Certificate = Schemas['Certificate'];
export type AuthorityProfile = Schemas['AuthorityProfile'];
export type DayOff = Schemas['DayOff'];
export type HolidayEntry = Schemas['HolidayEntry'];
export type LegalField = Schemas['LegalField'];
export type LegalRow = Schemas['LegalRow'];
export type LegalTable = Schemas['LegalTable'];
export type NewLegalRow = Schemas['NewLegalRow'];
export type LawRow = Schemas['LawRow'];
export type HousePolicy = Schemas['HousePolicy'];
export type KeepingOutcome = Schemas['KeepingOutcome'];
export type KeepingOverview = Schemas['KeepingOverview'];
export type KeepingRequest = Schemas['KeepingRequest'];
export type KeepingTrouble = Schemas['KeepingTrouble'];
export type KeptCase = Schemas['KeptCase'];
export type ProcessKeeping = Schemas['ProcessKeeping'];
export type RetentionPeriod = Schemas['RetentionPeriod'];
export type ServerNode = Schemas['Node'];
export type MessageEntry = Schemas['MessageEntry'];
export type AuditEntry = Schemas['AuditEntry'];

export type TurnEvent = Schemas['TurnEvent'];

export type Values = Record<string, unknown>;
export type Files = Record<string, string>;

/** One page of a list. `next` is the cursor of the following page. */
export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
  total_capped: boolean;
}
