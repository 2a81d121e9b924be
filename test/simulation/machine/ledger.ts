/** Who did it: the controller under test, people, another installation beside it, a Project's command, the machine itself. */
export type Actor = 'controller' | 'people' | 'neighbour' | 'command' | 'machine';

export type Act =
  | 'ServerStarted'
  | 'ServerEnded'
  | 'SessionCreated'
  | 'SessionKilled'
  | 'SessionRenamed'
  | 'SessionTagged'
  | 'WindowAdded'
  | 'WindowKilled'
  | 'PaneRespawned'
  | 'PanePiped'
  | 'Typed'
  | 'Signalled'
  | 'Prepared'
  | 'Forgot';

/** A session as it was in the moment before something was done to it. */
export interface SessionSketch {
  readonly socket: string;
  /** Two servers can have one socket's path, and each gives the same ids. */
  readonly serverPid: number;
  readonly id: string;
  readonly name: string;
  /** `@tmuxlet_owner`; empty when it was not tagged. */
  readonly owner: string;
  /** `@tmuxlet_uid`; empty when it was not tagged. */
  readonly uid: string;
  /** How many clients of people were attached. */
  readonly attached: number;
}

/** A process as it was in the moment before it was signalled. */
export interface ProcessSketch {
  readonly pid: number;
  readonly startTicks: number;
  /** TMUXLET_UID in its environment; null for none. */
  readonly uid: string | null;
  /** TMUXLET_WINDOW in its environment; null for none. */
  readonly window: string | null;
}

/** Something that was done to the world. */
export interface Deed {
  readonly tick: number;
  readonly who: Actor;
  readonly act: Act;
  readonly session: SessionSketch | null;
  readonly process: ProcessSketch | null;
  /** For people who read it: the new name, the line typed, the signal. */
  readonly detail: string;
}

/** What a deed was done to. */
export interface DoneTo {
  readonly session?: SessionSketch;
  readonly process?: ProcessSketch;
  readonly detail?: string;
}
