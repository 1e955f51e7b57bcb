/*
 * One saga with the saga log as its coordinator: two hosts that may both believe that they own it, participants with an
 * inbox, crashes, freezes, and messages that are late or come again. src/docs/protocol.md says what is checked and how.
 *
 * Words are those of the code: an entry's type is that of the log, Fold with apply() is SagaState, Host is LiveSaga with
 * OwnedPartitions, Participant is the inbox with one row for each step. A freeze needs no action of its own: a host that takes no step is frozen.
 *
 * Each of these leaves one rule out, and has to be found: NO_EPOCH, NO_READ_BACK, NO_BAR, NO_DECISION, STALE_SNAPSHOT.
 *
 * What keeps it small changes nothing that anybody can see:
 *  - an entry that the fold ignores has no reader: whoever would react to it has reacted to an entry before it;
 *  - entries that all have read are gone, and sequences and epochs count from the slowest reader;
 *  - a participant's answer is no state of its own: it is what the inbox has recorded;
 *  - what is late to be read is what makes a host act too late, never what makes it act: a host reads at once, but for
 *    the entry that another has taken over, and that it reads at any time (ALL_LAGS: it reads everything at any time);
 *  - once the log has an end, only those count that run the saga and do not know of it (ALL_LAGS: all go on).
 */
#ifndef STEPS
#define STEPS 2
#endif
#ifndef MOVES
#define MOVES 1 /* how often the group gives the partition to the other host */
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef FAULTS
#define FAULTS (MOVES + CRASHES) /* of both together */
#endif
#ifndef SNAPSHOTS
#define SNAPSHOTS 1
#endif
#define HOSTS 2
#ifdef ALL_LAGS
#define ENTRIES 20 /* that a member has not read yet; more are an error of the model */
#else
#define ENTRIES 2
#endif

mtype:event = { START, ENLIST, SUCCESS, STEP_REJECTED, STEP_TIMEOUT, FAIL, COMPLETE, COMPENSATE_SUCCESS, COMPENSATE_COMPLETE, RESUME, SNAPSHOT };
mtype:status = { INITIAL, EXECUTING, COMPENSATING, COMPLETED, COMPENSATED };
mtype:step = { ABSENT, ENLISTED, SUCCEEDED, REJECTED, TIMED_OUT, UNDONE };
mtype:inbox = { EMPTY, DONE, REFUSED, BARRED, REVERTED };
#define NOTHING 0

typedef Entry { mtype:event type; byte which; byte sequence; byte epoch; byte by }
typedef Fold { mtype:status status; byte next; byte epoch; mtype:step step[STEPS] }
typedef Host {
  bool member;        /* it believes that the partition is its own */
  bool live;          /* it runs the saga */
  byte position;      /* of the first entry that it has not read */
  Fold f;             /* what it has read */
  Fold s;             /* what it knows of the saga that it runs */
  mtype:event noted;  /* appended a moment later */
  byte which;         /* the step of what it noted */
  mtype:event waits;  /* for this to be read back */
  bool stale          /* the next that it reads is that another has taken over */
}

Host h[HOSTS];
Entry entries[ENTRIES]; /* the end of the log: what a member has not read */
byte end;
Entry flying;           /* of a host that has died or let go since: appended at some time, or never */
Fold truth;             /* the fold of the whole log: what every reader comes to */
bool started;
byte snapshots;

byte owner;             /* as Kafka's group has it */
bool gains[HOSTS];      /* told to a host at some time, or much later */
bool loses[HOSTS];
byte moves;
byte crashes;

/* Messages stay: a command or a reply that was sent once may arrive at any later time, and again. */
bool command[STEPS];
bool compensation[STEPS];
mtype:inbox inbox[STEPS];

/* For the inside of one atomic step: no part of a state. */
hidden byte k, m, low, age;
hidden byte counts;
hidden Entry e;
hidden Fold begun;
hidden mtype:status before;

#define ENDED(what) (what.status == COMPLETED || what.status == COMPENSATED)
#define REPLIED(i, what) ((what) == SUCCESS -> (inbox[i] == DONE || inbox[i] == REVERTED) : (command[i] && (inbox[i] == REFUSED || inbox[i] == BARRED)))
#ifdef NO_BAR
#define UNDONE_ANSWERED(i) (compensation[i] && inbox[i] != DONE)
#else
#define UNDONE_ANSWERED(i) (compensation[i] && inbox[i] != DONE && inbox[i] != EMPTY)
#endif
#ifdef NO_EPOCH /* then nothing counts from the slowest reader on, and two that take over in turn need an end */
#define MAY_TAKE_OVER (h[me].f.epoch < 3)
#define OF_ANOTHER(mine) (false)
#else
#define MAY_TAKE_OVER true
#define OF_ANOTHER(mine) (e.epoch != mine)
#endif
#ifdef NO_READ_BACK
#define ENLIST_WAITS false
#else
#define ENLIST_WAITS true
#endif
#ifdef NO_DECISION
#define END_WAITS false
#else
#define END_WAITS true
#endif
#ifdef STALE_SNAPSHOT
#define CARRIES_FORWARD true
#else
#define CARRIES_FORWARD (counts == 1)
#endif

inline copy(from, to) {
  to.status = from.status; to.next = from.next; to.epoch = from.epoch;
  for (k : 0 .. STEPS - 1) { to.step[k] = from.step[k] }
}

inline clear(it) {
  it.status = INITIAL; it.next = 1; it.epoch = 0;
  for (k : 0 .. STEPS - 1) { it.step[k] = ABSENT }
}

inline move(from, to) {
  to.type = from.type; to.which = from.which; to.sequence = from.sequence; to.epoch = from.epoch; to.by = from.by
}

inline forget(it) { it.type = NOTHING; it.which = 0; it.sequence = 0; it.epoch = 0; it.by = 0 }

/* SagaState.apply: total, and the same for everybody. */
inline apply(it) {
  counts = 1;
  if
  :: e.type == RESUME && e.epoch > it.epoch && it.status != INITIAL ->
       it.epoch = e.epoch;
       it.next = (e.sequence >= it.next -> e.sequence + 1 : it.next)
  :: else ->
       if
       :: e.sequence < it.next || e.type == RESUME || OF_ANOTHER(it.epoch) ->
            counts = 0 /* ignored: a duplicate, or one of a host that lost the saga */
       :: else ->
            it.next = e.sequence + 1;
            if
            :: e.type == START && it.status == INITIAL -> it.status = EXECUTING
            :: e.type == ENLIST && it.step[e.which] == ABSENT -> it.step[e.which] = ENLISTED
            :: e.type == SUCCESS && it.status == EXECUTING -> it.step[e.which] = SUCCEEDED
            :: e.type == STEP_REJECTED -> it.step[e.which] = REJECTED
            :: e.type == STEP_TIMEOUT -> it.step[e.which] = TIMED_OUT
            :: e.type == FAIL && it.status == EXECUTING -> it.status = COMPENSATING
            :: e.type == COMPLETE && it.status == EXECUTING -> it.status = COMPLETED
            :: e.type == COMPENSATE_SUCCESS && it.status == COMPENSATING -> it.step[e.which] = UNDONE
            :: e.type == COMPENSATE_COMPLETE && it.status == COMPENSATING -> it.status = COMPENSATED
            :: else /* what the table does not allow leaves status and steps alone */
            fi
       fi
  fi
}

/* Invariant 2: COMPLETED, every step took effect; COMPENSATED, no effect is left. From then on for ever. */
inline check() {
  for (k : 0 .. STEPS - 1) {
    assert(truth.status != COMPLETED || inbox[k] == DONE);
    assert(truth.status != COMPENSATED || inbox[k] != DONE)
  }
}

/* Invariant 4: readers agree. */
inline same(one, other) {
  assert(one.status == other.status && one.next == other.next && one.epoch == other.epoch);
  for (k : 0 .. STEPS - 1) { assert(one.step[k] == other.step[k]) }
}

/* The log takes in e. */
inline append(writer) {
  before = truth.status;
  apply(truth);
  assert(truth.next < 100); /* an error of the model */
  assert(before == truth.status || (before != COMPLETED && before != COMPENSATED));
  /* OwnedPartition.keep: the next owner begins at a snapshot that counts, and has to come to the same state */
  if
  :: e.type == SNAPSHOT && CARRIES_FORWARD ->
       copy(h[writer].s, begun); begun.next = e.sequence + 1; begun.epoch = e.epoch;
       same(begun, truth)
  :: else
  fi;
  if
  :: counts == 1 ->
       assert(end < ENTRIES);
       move(e, entries[end]);
       end++;
       copy(truth, begun); apply(begun); same(begun, truth) /* the same entry once more */
  :: else
  fi;
  check()
}

/* What was noted is the producer's already. */
inline letGo(me) {
  if
  :: h[me].noted != NOTHING && h[me].noted != SNAPSHOT && flying.type == NOTHING ->
       flying.type = h[me].noted; flying.which = h[me].which; flying.sequence = h[me].s.next - 1; flying.epoch = h[me].s.epoch; flying.by = me
  :: else
  fi;
  h[me].live = false; h[me].noted = NOTHING; h[me].which = 0; h[me].waits = NOTHING; h[me].stale = false;
  clear(h[me].s)
}

inline leave(me) {
  letGo(me);
  h[me].member = false; h[me].position = 0; loses[me] = false;
  clear(h[me].f)
}

/* OwnedPartitions.read, SagaHost.read, LiveSaga.read */
inline readOne(me) {
  move(entries[h[me].position], e);
  apply(h[me].f);
  h[me].position++;
  if
  :: h[me].position == end -> same(h[me].f, truth)
  :: else
  fi;
  if
  :: !h[me].live
  :: h[me].live ->
       if
       :: h[me].f.epoch > h[me].s.epoch || (h[me].waits == RESUME && ENDED(h[me].f)) -> letGo(me)
       :: else ->
            if
            :: h[me].waits == RESUME && h[me].f.epoch == h[me].s.epoch && !(e.type == RESUME && e.by == me) ->
                 letGo(me) /* another was first */
            :: else ->
                 if
                 :: e.type == h[me].waits && e.epoch == h[me].s.epoch && (e.type == RESUME || e.sequence == h[me].s.next - 1) ->
                      copy(h[me].f, h[me].s); h[me].waits = NOTHING;
                      if
                      :: ENDED(h[me].s) -> letGo(me)
                      :: else
                      fi
                 :: else
                 fi
            fi
       fi
  fi
}

#define NEXT entries[h[m].position]
#define TAKEN_OVER (h[m].live && h[m].waits != RESUME && NEXT.type == RESUME && NEXT.epoch > h[m].s.epoch)

inline tidy() {
  d_step {
#ifndef ALL_LAGS
    for (m : 0 .. HOSTS - 1) {
      do
      :: h[m].member && h[m].position < end && !h[m].stale && !TAKEN_OVER -> readOne(m)
      :: h[m].member && h[m].position < end && !h[m].stale && TAKEN_OVER -> h[m].stale = true
      :: else -> break
      od;
      if
      :: h[m].stale ->
           copy(truth, h[m].f); h[m].position = end
#ifndef NO_EPOCH
           ;
           h[m].s.next = 1; h[m].s.epoch = 0;
           if
           :: h[m].waits != NOTHING -> letGo(m)
           :: else
           fi
#endif
      :: else
      fi
    }
    if
    :: ENDED(truth) ->
         moves = MOVES; crashes = CRASHES; snapshots = SNAPSHOTS; forget(flying);
         for (m : 0 .. HOSTS - 1) {
           gains[m] = false; loses[m] = false;
           if
           :: h[m].member && !h[m].live -> leave(m)
           :: else
           fi
         }
    :: else
    fi;
#endif
    /* what nobody has to read any more */
    low = end;
    for (m : 0 .. HOSTS - 1) {
      if
      :: h[m].member && h[m].position < low -> low = h[m].position
      :: else
      fi
    }
    if
    :: low > 0 ->
         for (m : low .. end - 1) { move(entries[m], entries[m - low]) }
         for (m : end - low .. end - 1) { forget(entries[m]) }
         end = end - low;
         for (m : 0 .. HOSTS - 1) {
           if
           :: h[m].member -> h[m].position = h[m].position - low
           :: else
           fi
         }
    :: else
    fi;
    /* what would be ignored */
    if
    :: flying.type != NOTHING && (flying.epoch < truth.epoch || (flying.epoch == truth.epoch && (flying.type == RESUME || flying.sequence < truth.next))) ->
#ifdef NO_EPOCH
         if
         :: flying.type == RESUME || flying.sequence < truth.next -> forget(flying)
         :: else
         fi
#else
         forget(flying)
#endif
    :: else
    fi;
    /* sequences and epochs from the slowest reader on; a RESUME counts with whatever sequence that is lower */
    low = truth.next; age = truth.epoch;
    for (m : 0 .. HOSTS - 1) {
      if
      :: h[m].member ->
           low = (h[m].f.next < low -> h[m].f.next : low);
           age = (h[m].f.epoch < age -> h[m].f.epoch : age)
      :: else
      fi
    }
    low = low - 1; age = (age > 0 -> age - 1 : 0); /* 0 is before all */
#ifdef NO_EPOCH
    age = 0;
    low = 0;
#endif
    if
    :: (low > 0 || age > 0) ->
         truth.next = truth.next - low; truth.epoch = truth.epoch - age;
         for (m : 0 .. HOSTS - 1) {
           if
           :: h[m].member -> h[m].f.next = h[m].f.next - low; h[m].f.epoch = h[m].f.epoch - age
           :: else
           fi;
           if
           :: h[m].live -> h[m].s.next = (h[m].s.next > low -> h[m].s.next - low : 1); h[m].s.epoch = (h[m].s.epoch >= age -> h[m].s.epoch - age : 0)
           :: else
           fi
         }
         m = 0;
         do
         :: m < end ->
              assert((entries[m].sequence >= low || entries[m].type == RESUME) && entries[m].epoch >= age);
              entries[m].sequence = (entries[m].sequence >= low -> entries[m].sequence - low : 0); entries[m].epoch = entries[m].epoch - age; m++
         :: else -> break
         od;
         if
         :: flying.type != NOTHING ->
              flying.sequence = (flying.sequence >= low -> flying.sequence - low : 0); flying.epoch = flying.epoch - age
         :: else
         fi
    :: else
    fi;
    m = 0; k = 0; low = 0; age = 0
  }
}

/* The participant: the action once, the compensation once, and whichever comes first decides. */
proctype Participant(byte i) {
endless:
  do
  :: atomic { command[i] && inbox[i] == EMPTY ->
       if
       :: inbox[i] = DONE
       :: inbox[i] = REFUSED
       fi;
       check() }
  :: atomic { compensation[i] && inbox[i] == DONE ->
       /* Invariant 3: what was enlisted later is undone before. */
       for (k : 0 .. STEPS - 1) { assert(k <= i || inbox[k] != DONE) }
       inbox[i] = REVERTED;
       check() }
#ifndef NO_BAR
  :: atomic { compensation[i] && inbox[i] == EMPTY -> inbox[i] = BARRED }
#endif
  od
}

/* Kafka's group: the partition moves while its owner is slow, or after its owner died. */
proctype Group() {
endless:
  do
  :: atomic { moves < MOVES && moves + crashes < FAULTS ->
       moves++;
       if
       :: h[owner].member || gains[owner] -> loses[owner] = true /* it may learn of both, too late */
       :: !h[owner].member -> gains[owner] = false
       fi;
       owner = 1 - owner; gains[owner] = true;
       if
       :: !h[owner].member -> loses[owner] = false
       :: else
       fi }
  od
}

#define NOTE(what, step_, decision) h[me].noted = what; h[me].which = step_; h[me].s.next++; h[me].waits = (decision -> what : NOTHING)

/* Everything before was appended, and read back where that is asked for. */
#define IDLE (h[me].live && h[me].noted == NOTHING && h[me].waits == NOTHING)
#define FORWARD (IDLE && h[me].s.status == EXECUTING)
#define UNDOES (h[me].live && h[me].waits == NOTHING && h[me].s.status == COMPENSATING)
#define NEEDS(i) (h[me].s.step[i] == ENLISTED || h[me].s.step[i] == SUCCEEDED || h[me].s.step[i] == TIMED_OUT)

/* RemainingSteps.next: the last that is left, counted from 1; what is answered may be passed over before it is durable. */
#define OPEN(i) (NEEDS(i) && !UNDONE_ANSWERED(i))
#define HAS_SUCCEEDED(i) (h[me].s.step[i] == SUCCEEDED)
#if STEPS == 1
#define LAST(what) (what(0) -> 1 : 0)
#define ROUTE_AT (HAS_SUCCEEDED(0) -> 1 : 0)
#elif STEPS == 2
#define LAST(what) (what(1) -> 2 : (what(0) -> 1 : 0))
#define ROUTE_AT (HAS_SUCCEEDED(0) -> (HAS_SUCCEEDED(1) -> 2 : 1) : 0)
#else
#define LAST(what) (what(2) -> 3 : (what(1) -> 2 : (what(0) -> 1 : 0)))
#define ROUTE_AT (HAS_SUCCEEDED(0) -> (HAS_SUCCEEDED(1) -> (HAS_SUCCEEDED(2) -> 3 : 2) : 1) : 0)
#endif

proctype Host_(byte me) {
  byte i;
endless:
  do
  :: atomic {
       if
       /* --- the partition: OwnedPartitions.gained and lost; a crash forgets all that is not in the log --- */
       :: gains[me] && !h[me].member ->
            /* read to the end before it does anything */
            gains[me] = false; h[me].member = true; copy(truth, h[me].f); h[me].position = end
       :: h[me].member && (loses[me] || (crashes < CRASHES && moves + crashes < FAULTS)) ->
            if
            :: loses[me] -> leave(me)
            :: crashes < CRASHES && moves + crashes < FAULTS -> crashes++; leave(me); gains[me] = (owner == me)
            fi

       /* --- reading: OwnedPartitions.read, SagaHost.read, LiveSaga.read --- */
       :: h[me].member && h[me].position < end -> readOne(me)
       :: h[me].stale -> letGo(me)

       /* --- what was noted becomes durable --- */
       :: h[me].noted != NOTHING ->
            e.type = h[me].noted; e.which = h[me].which; e.sequence = h[me].s.next - 1; e.epoch = h[me].s.epoch; e.by = me;
            append(me);
            h[me].noted = NOTHING; h[me].which = 0

       /* --- start and takeover: SagaHost.start, SagaHost.resume, OwnedPartitions.adopt --- */
       :: !started && h[me].member && h[me].f.status == INITIAL ->
            started = true; h[me].live = true; copy(h[me].f, h[me].s); NOTE(START, 0, false); h[me].s.status = EXECUTING
       :: h[me].member && !h[me].live && MAY_TAKE_OVER && (h[me].f.status == EXECUTING || h[me].f.status == COMPENSATING) ->
            h[me].live = true; copy(h[me].f, h[me].s); h[me].s.epoch++; NOTE(RESUME, 0, true)

       /* --- carried forward: who gains the partition next begins to read there --- */
       :: IDLE && snapshots < SNAPSHOTS -> snapshots++; NOTE(SNAPSHOT, 0, false)

       /* --- the route runs: a step is enlisted, done, and recorded, one after another --- */
       :: FORWARD ->
            i = ROUTE_AT;
            if
            :: i < STEPS && h[me].s.step[i] == ABSENT ->
                 NOTE(ENLIST, i, ENLIST_WAITS);
                 if
                 :: ENLIST_WAITS
                 :: !ENLIST_WAITS -> h[me].s.step[i] = ENLISTED
                 fi
            :: i < STEPS && h[me].s.step[i] == ENLISTED && !command[i] -> command[i] = true
            :: i < STEPS && h[me].s.step[i] == ENLISTED && REPLIED(i, SUCCESS) -> NOTE(SUCCESS, i, false); h[me].s.step[i] = SUCCEEDED
            :: i < STEPS && h[me].s.step[i] == ENLISTED && REPLIED(i, STEP_REJECTED) -> NOTE(STEP_REJECTED, i, false); h[me].s.step[i] = REJECTED
            :: i < STEPS && h[me].s.step[i] == ENLISTED && command[i] -> NOTE(STEP_TIMEOUT, i, false); h[me].s.step[i] = TIMED_OUT
            :: i == STEPS -> NOTE(COMPLETE, 0, true)
            /* at any time: a deadline, or an operator */
            :: NOTE(FAIL, 0, END_WAITS);
                 if
                 :: END_WAITS
                 :: !END_WAITS -> h[me].s.status = COMPENSATING
                 fi
            fi

       /* --- how it ends: LogDecider, RemainingSteps; the next compensation may be sent before the last is durable --- */
       :: UNDOES && LAST(OPEN) > 0 && !compensation[LAST(OPEN) - 1] -> i = LAST(OPEN); compensation[i - 1] = true
       :: UNDOES && h[me].noted == NOTHING && LAST(NEEDS) > 0 && UNDONE_ANSWERED(LAST(NEEDS) - 1) ->
            i = LAST(NEEDS); NOTE(COMPENSATE_SUCCESS, i - 1, false); h[me].s.step[i - 1] = UNDONE
       :: UNDOES && h[me].noted == NOTHING && LAST(NEEDS) == 0 -> NOTE(COMPENSATE_COMPLETE, 0, true)

       /* --- what a host left behind when it died or let go arrives at last --- */
       :: flying.type != NOTHING && flying.by == me ->
            move(flying, e); forget(flying);
            append(me)
       fi;
       i = 0;
       tidy() }
  od
}

/* Invariant 1: when nobody can do anything any more, the saga has ended. */
active proctype Watch() {
#ifndef NO_EPOCH
  timeout -> assert(truth.status == INITIAL || ENDED(truth))
#else
  timeout -> assert(truth.status == INITIAL || ENDED(truth) || truth.epoch == 3)
#endif
}

init {
  atomic {
    clear(truth);
    for (m : 0 .. HOSTS - 1) { clear(h[m].f); clear(h[m].s) }
    for (m : 0 .. STEPS - 1) { inbox[m] = EMPTY; run Participant(m) }
    h[0].member = true;
    run Host_(0); run Host_(1); run Group()
  }
}
