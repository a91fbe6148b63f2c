// The contract of /api/v1 as types, in the shape that openapi-typescript generates. It stands in until the OpenAPI
// document of the server exists; then `npm run generate` writes `schema.gen.ts` and `shapes.ts` imports that instead.

export interface components {
  schemas: {
    Text: { de: string; en: string };
    Person: { id: string; name: string; roles: string[]; active: boolean };
    PersonName: { id: string; name: string };
    Session: {
      tenant: { id: string; title: components['schemas']['Text']; land: string };
      person: components['schemas']['Person'];
      now: string;
      demo: boolean;
      permissions: { start: string[]; deploy: boolean; administer: boolean };
    };
    TenantName: { id: string; title: components['schemas']['Text'] };
    Misfit: { at: string; code: string; message: components['schemas']['Text'] };
    Problem: {
      type?: string;
      title: string;
      status: number;
      detail?: string;
      code: string;
      misfits?: components['schemas']['Misfit'][];
      limit?: string;
      problems?: components['schemas']['Diagnostic'][];
      scenarios?: components['schemas']['ScenarioResult'][];
    };
    InboxEntry: {
      id: string;
      case: string;
      title: components['schemas']['Text'];
      process: string;
      process_title: components['schemas']['Text'];
      number: string | null;
      subject: string | null;
      role: string;
      assignee: components['schemas']['PersonName'] | null;
      due: string | null;
      deadline: { title: components['schemas']['Text']; end: string | null } | null;
      opened_at: string;
      excluded: boolean;
      columns: Record<string, unknown>;
    };
    Shown: { title: components['schemas']['Text']; value: unknown; text: string };
    TaskDetail: components['schemas']['InboxEntry'] & {
      help: components['schemas']['Text'] | null;
      step: string;
      step_title: components['schemas']['Text'];
      version: number;
      form: { schema: Record<string, unknown> };
      required: string[];
      hidden: string[];
      values: Record<string, unknown>;
      show: components['schemas']['Shown'][];
      may: {
        claim: boolean;
        release: boolean;
        complete: boolean;
        why_not: components['schemas']['Text'] | null;
      };
    };
    TaskCounts: { mine: number; unassigned: number; overdue: number };
    Completed: { version: number; case: string; next: string | null };
    CaseEntry: {
      id: string;
      process: string;
      process_title: components['schemas']['Text'];
      number: string | null;
      subject: string | null;
      open: boolean;
      outcome: string | null;
      received_on: string | null;
      started_at: string;
      changed_at: string;
      ended_at: string | null;
      columns: Record<string, unknown>;
    };
    Sentence: { de: string; en: string; norm?: string | null };
    CaseTask: {
      id: string;
      step: string;
      title: components['schemas']['Text'];
      role: string;
      assignee: components['schemas']['PersonName'] | null;
      due: string | null;
      excluded: boolean;
    };
    CaseDeadline: {
      instance: number;
      name: string;
      title: components['schemas']['Text'];
      step: string | null;
      step_title: components['schemas']['Text'] | null;
      period: string;
      running: boolean;
      awaits_dispatch_of: string | null;
      start: string | null;
      raw_end: string | null;
      end: string | null;
      derivation: components['schemas']['Sentence'][];
    };
    Wait: {
      step: string;
      step_title: components['schemas']['Text'];
      for: { name: string; kind: 'message' | 'deadline' | 'dispatch'; message?: string; step?: string }[];
    };
    Document: {
      number: number;
      title: string;
      media_type: string;
      size: number;
      direction: 'incoming' | 'outgoing' | 'internal';
      addressee: string | null;
      on: string;
      step: string | null;
      by: components['schemas']['PersonName'] | null;
      hash: string;
      dispatch: {
        on: string;
        way: string;
        notified_on: string | null;
        derivation: components['schemas']['Sentence'][];
        by: components['schemas']['PersonName'] | null;
      } | null;
    };
    Note: { number: number; by: components['schemas']['PersonName']; at: string; text: string };
    CaseIncident: {
      number: number;
      since: string;
      step: string | null;
      code: string;
      message: components['schemas']['Text'];
      help: components['schemas']['Text'];
      details: unknown;
    };
    Course: { visited: Record<string, number>; ways: string[][]; active: string[] };
    CaseDetail: {
      id: string;
      process: string;
      process_title: components['schemas']['Text'];
      release: string;
      release_version: string;
      number: string | null;
      subject: string | null;
      open: boolean;
      outcome: string | null;
      channel: string | null;
      received_on: string | null;
      started_at: string;
      ended_at: string | null;
      version: number;
      at: string | null;
      data: Record<string, unknown>;
      data_schema: Record<string, unknown>;
      results: Record<string, unknown>;
      tasks: components['schemas']['CaseTask'][];
      deadlines: components['schemas']['CaseDeadline'][];
      waits: components['schemas']['Wait'][];
      messages: { name: string; title: components['schemas']['Text'] | null; received_on: string }[];
      accepts: { name: string; title: components['schemas']['Text'] | null }[];
      documents: components['schemas']['Document'][];
      notes: components['schemas']['Note'][];
      incidents: components['schemas']['CaseIncident'][];
      course: components['schemas']['Course'];
      permissions: { note: boolean; document: boolean; dispatch: boolean; message: boolean; retry: boolean };
    };
    JournalEntry: {
      version: number;
      at: string;
      actor: { kind: 'person' | 'engine' | 'connector'; id: string; name: string };
      sentences: components['schemas']['Text'][];
      events: unknown[];
    };
    Dispatched: {
      version: number;
      notified_on: string | null;
      derivation: components['schemas']['Sentence'][];
    };
    DeadlineEntry: {
      case: string;
      number: string | null;
      subject: string | null;
      process: string;
      instance: number;
      name: string;
      title: components['schemas']['Text'];
      end: string | null;
    };
    IncidentEntry: {
      case: string;
      number: number;
      case_number: string | null;
      subject: string | null;
      process: string;
      since: string;
      code: string;
      message: components['schemas']['Text'];
      help: components['schemas']['Text'];
      step: string | null;
    };
    PostEntry: {
      case: string;
      document: number;
      title: string;
      addressee: string | null;
      since: string;
      case_number: string | null;
    };
    ProcessEntry: {
      id: string;
      title: components['schemas']['Text'];
      version: string;
      release: string;
      deployed_at: string;
      deployed_by: string;
      open_cases: number;
      current: boolean;
      legal_basis: string[];
    };
    Kind:
      | 'task'
      | 'compute'
      | 'decide'
      | 'number'
      | 'effect'
      | 'wait'
      | 'choose'
      | 'fork'
      | 'group'
      | 'block'
      | 'end';
    Handler: { name: string; kind: string; interrupt: boolean; to?: string | null };
    BlockName: { id: string; version: string; title: components['schemas']['Text'] };
    Flow: {
      outcome: string | null;
      outcome_title?: components['schemas']['Text'] | null;
      to: string | null;
      leaves: boolean;
    };
    Outline: {
      step: string;
      title: components['schemas']['Text'];
      kind: components['schemas']['Kind'];
      sentence: components['schemas']['Text'];
      block?: components['schemas']['BlockName'] | null;
      legal_basis: string[];
      flows: components['schemas']['Flow'][];
      handlers: components['schemas']['Handler'][];
      children: components['schemas']['Outline'][];
    };
    GraphNode: {
      id: string;
      parent: string | null;
      kind: components['schemas']['Kind'];
      title: components['schemas']['Text'];
      block: string | null;
      handlers: components['schemas']['Handler'][];
    };
    GraphEdge: {
      id: string;
      from: string;
      to: string;
      outcome: string | null;
      handler: string | null;
    };
    Graph: {
      nodes: components['schemas']['GraphNode'][];
      edges: components['schemas']['GraphEdge'][];
    };
    Diagnostic: {
      file: string;
      line: number;
      column: number;
      length: number;
      severity: 'error' | 'warning';
      code: string;
      message: components['schemas']['Text'];
      help: components['schemas']['Text'] | null;
      step?: string | null;
    };
    ProcessDetail: {
      id: string;
      title: components['schemas']['Text'];
      version: string;
      release: string;
      legal_basis: string[];
      roles: components['schemas']['Role'][];
      settings: {
        schema: Record<string, unknown>;
        values: Record<string, unknown>;
        defaults: Record<string, unknown>;
      };
      data_schema: Record<string, unknown>;
      outline: components['schemas']['Outline'][];
      graph: components['schemas']['Graph'];
      blocks: components['schemas']['BlockName'][];
      files: { path: string; size: number }[];
      problems: components['schemas']['Diagnostic'][];
    };
    Files: Record<string, string>;
    Checked: {
      problems: components['schemas']['Diagnostic'][];
      process: components['schemas']['ProcessDetail'] | null;
    };
    ScenarioResult: { title: string; passed: boolean; failed_at?: string | null };
    Deployed: {
      release: string;
      version: string;
      problems: components['schemas']['Diagnostic'][];
      scenarios: components['schemas']['ScenarioResult'][];
    };
    DraftEntry: { id: string; title: components['schemas']['Text']; source: string };
    Block: {
      id: string;
      version: string;
      title: components['schemas']['Text'];
      summary: components['schemas']['Text'];
      category: string;
      icon: string | null;
      legal_basis: string[];
      parameters: Record<string, unknown>;
      outcomes: { id: string; title: components['schemas']['Text'] }[];
      messages: string[];
      installed_at: string | null;
      used_by: string[];
      readme: string;
    };
    Role: { id: string; title: components['schemas']['Text'] };
    AuditEntry: {
      position: number;
      at: string;
      actor: string;
      what: components['schemas']['Text'];
      case: string | null;
    };
    Clock: { now: string };
  };
}

type S = components['schemas'];

interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
  total_capped: boolean;
}

interface None {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}

interface Json<T> {
  content: { 'application/json': T };
}

interface Answers<T> {
  200: { headers: Record<string, unknown> } & Json<T>;
  default: {
    headers: Record<string, unknown>;
    content: { 'application/problem+json': S['Problem'] };
  };
}

interface Empty {
  204: { headers: Record<string, unknown>; content?: never };
  default: {
    headers: Record<string, unknown>;
    content: { 'application/problem+json': S['Problem'] };
  };
}

interface Get<T, Path = never, Query = never> {
  parameters: { query?: Query; header?: never; path: Path; cookie?: never };
  requestBody?: never;
  responses: Answers<T>;
}

interface GetAll<T, Query = never> {
  parameters: { query?: Query; header?: never; path?: never; cookie?: never };
  requestBody?: never;
  responses: Answers<T>;
}

interface Act<Body, R, Path = never> {
  parameters: { query?: never; header?: Record<string, string>; path: Path; cookie?: never };
  requestBody: Json<Body>;
  responses: R;
}

interface ActAll<Body, R> {
  parameters: { query?: never; header?: Record<string, string>; path?: never; cookie?: never };
  requestBody: Json<Body>;
  responses: R;
}

interface Bare<R, Path = never> {
  parameters: { query?: never; header?: Record<string, string>; path: Path; cookie?: never };
  requestBody?: never;
  responses: R;
}

interface Id {
  id: string;
}
interface CursorQuery {
  cursor?: string;
  limit?: number;
}

export interface paths {
  '/session': {
    parameters: None;
    get: GetAll<S['Session']>;
    post: ActAll<{ tenant: string; person: string; password: string }, Answers<S['Session']>>;
    delete: { parameters: None; requestBody?: never; responses: Empty };
  };
  '/session/password': { parameters: None; post: ActAll<{ old: string; new: string }, Empty> };
  '/tenants': { parameters: None; get: GetAll<S['TenantName'][]> };
  '/tasks': {
    parameters: None;
    get: GetAll<
      Page<S['InboxEntry']>,
      CursorQuery & {
        view?: 'mine' | 'unassigned' | 'all';
        process?: string;
        q?: string;
        due_before?: string;
        sort?: 'due' | 'opened' | 'number';
      }
    >;
  };
  '/tasks/counts': { parameters: None; get: GetAll<S['TaskCounts']> };
  '/tasks/{id}': { parameters: None; get: Get<S['TaskDetail'], Id> };
  '/tasks/{id}/claim': { parameters: None; post: Bare<Answers<{ version: number }>, Id> };
  '/tasks/{id}/release': { parameters: None; post: Bare<Answers<{ version: number }>, Id> };
  '/tasks/{id}/delegate': { parameters: None; post: Act<{ to: string }, Answers<{ version: number }>, Id> };
  '/tasks/{id}/preview': {
    parameters: None;
    post: Act<{ values: Record<string, unknown> }, Answers<{ hidden: string[]; required: string[] }>, Id>;
  };
  '/tasks/{id}/complete': {
    parameters: None;
    post: Act<{ values: Record<string, unknown>; seen?: number }, Answers<S['Completed']>, Id>;
  };
  '/cases': {
    parameters: None;
    get: GetAll<Page<S['CaseEntry']>, CursorQuery & { open?: boolean; process?: string; q?: string }>;
    post: ActAll<
      { process: string; channel?: string; data: Record<string, unknown>; received_on?: string },
      Answers<{ case: string; version: number }>
    >;
  };
  '/cases/{id}': { parameters: None; get: Get<S['CaseDetail'], Id, { at?: string }> };
  '/cases/{id}/journal': { parameters: None; get: Get<Page<S['JournalEntry']>, Id, CursorQuery> };
  '/cases/{id}/notes': {
    parameters: None;
    post: Act<{ text: string }, Answers<{ version: number; number: number }>, Id>;
  };
  '/cases/{id}/documents': {
    parameters: None;
    post: {
      parameters: { query?: never; header?: Record<string, string>; path: Id; cookie?: never };
      requestBody: { content: { 'multipart/form-data': { file: string; title: string; direction: string } } };
      responses: Answers<{ version: number; number: number }>;
    };
  };
  '/cases/{id}/documents/{n}': { parameters: None; get: Get<string, { id: string; n: number }> };
  '/cases/{id}/documents/{n}/dispatch': {
    parameters: None;
    post: Act<{ on: string; way: string }, Answers<S['Dispatched']>, { id: string; n: number }>;
  };
  '/cases/{id}/messages': {
    parameters: None;
    post: Act<
      { name: string; payload: unknown; received_on?: string; message_id?: string },
      Answers<{ version: number }>,
      Id
    >;
  };
  '/cases/{id}/incidents/{n}/retry': {
    parameters: None;
    post: Bare<Answers<{ version: number }>, { id: string; n: number }>;
  };
  '/deadlines': { parameters: None; get: GetAll<Page<S['DeadlineEntry']>, CursorQuery & { until?: string }> };
  '/incidents': { parameters: None; get: GetAll<Page<S['IncidentEntry']>, CursorQuery> };
  '/post': { parameters: None; get: GetAll<Page<S['PostEntry']>, CursorQuery> };
  '/processes': { parameters: None; get: GetAll<S['ProcessEntry'][]> };
  '/processes/{id}': { parameters: None; get: Get<S['ProcessDetail'], Id, { release?: string }> };
  '/processes/{id}/settings': {
    parameters: None;
    put: Act<{ values: Record<string, unknown> }, Answers<unknown>, Id>;
  };
  '/processes/{id}/files/{path}': { parameters: None; get: Get<string, { id: string; path: string }> };
  '/processes/check': { parameters: None; post: ActAll<{ files: S['Files'] }, Answers<S['Checked']>> };
  '/processes/deploy': {
    parameters: None;
    post: ActAll<{ files: S['Files']; reason?: string }, Answers<S['Deployed']>>;
  };
  '/drafts': { parameters: None; get: GetAll<S['DraftEntry'][]> };
  '/drafts/{id}': { parameters: None; get: Get<{ files: S['Files'] }, Id> };
  '/blocks': {
    parameters: None;
    get: GetAll<S['Block'][]>;
    post: ActAll<{ files: S['Files'] }, Answers<{ id: string; version: string }>>;
  };
  '/people': { parameters: None; get: GetAll<S['Person'][]> };
  '/people/{id}': {
    parameters: None;
    put: Act<{ name: string; roles: string[]; active: boolean; password?: string }, Answers<S['Person']>, Id>;
  };
  '/roles': { parameters: None; get: GetAll<S['Role'][]> };
  '/audit': { parameters: None; get: GetAll<Page<S['AuditEntry']>, CursorQuery> };
  '/events': { parameters: None; get: GetAll<string> };
  '/clock': {
    parameters: None;
    get: GetAll<S['Clock']>;
    post: ActAll<{ advance: string }, Answers<S['Clock']>>;
  };
}
