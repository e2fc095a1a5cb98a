/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_MEETING_H
#define SERIALTUN_MEETING_H

#include "pair/pair.h"
#include "pair/pair_session.h"
#include "pair/seek.h"
#include "pair/stranger.h"

/* Number of our own ids that we recognize. */
#define PAIR_OWN_IDS 4

/* Number of past sessions that we remember. */
#define PAIR_PAST_IDS 8

/* Length of the queue of events. */
#define PAIR_EVENTS_MAX 16

/**
 * struct past - a past session
 * @id:     the peer's id
 * @own_id: our id
 * @ns:     time at which the session ended
 */
struct past {
	uint64_t id;
	uint64_t own_id;
	uint64_t ns;
};

/**
 * struct pair - the state behind pair.h, for the other files of pair
 */
struct pair {
	struct pair_config config;
	uint64_t packet_ns;
	uint64_t byte_ns;
	bool is_stream;	 /* the line loses nothing, as far as we know */
	bool no_squeeze; /* a stream was lost on this port */
	uint32_t overruns;
	enum pair_state state;
	uint64_t since_ns;
	bool absent;	    /* the peer fell silent or closed */
	uint64_t absent_ns; /* when */
	uint64_t id;
	uint64_t own_ids[PAIR_OWN_IDS]; /* the newest first */
	struct hello peer;		/* the last hello; id 0: none */
	uint32_t start_in;		/* frame_start() of the peer's frames */
	bool may_pair; /* we accept the peer's checked frames */
	struct past past[PAIR_PAST_IDS];
	unsigned int past_at;
	unsigned int id_sessions; /* past sessions with our current id */
	unsigned int returns;	  /* recent returns of replaced ids */
	uint64_t returned_ns;
	uint64_t crowd_until_ns; /* 0: no crowd */
	uint64_t looped_until_ns;
	unsigned int unheard; /* hellos in a row to another id than ours */
	uint64_t unheard_ns;
	struct seek seek;
	struct pair_session session;
	struct speed_config speeds; /* of the next port */
	struct speed speed;
	struct stranger_config strangers; /* of the next port */
	struct stranger stranger;
	struct repeat *repeat; /* NULL: this end does not repeat */
	struct squeeze *squeeze[LANE_COUNT]; /* NULL: never used yet */
	size_t agree_len;		     /* the text about this host */
	char agree[AGREE_TEXT_MAX];
	enum pair_event events[PAIR_EVENTS_MAX];
	unsigned int event_first;
	unsigned int event_count;
	uint64_t told_ns[PAIR_EVENT_COUNT]; /* 0: never */
	struct pair_stats stats;
};

void meeting_tell(struct pair *pair, enum pair_event event);
uint64_t meeting_random(struct pair *pair);
void meeting_take_new_id(struct pair *pair);
void meeting_enter(struct pair *pair, enum pair_state state, uint64_t now_ns);
void meeting_forget(struct pair *pair, uint64_t now_ns);
void meeting_lose(struct pair *pair, enum pair_event why, uint64_t now_ns);
unsigned int meeting_can(const struct pair *pair);
void meeting_begin(struct pair *pair, uint64_t now_ns);
void meeting_hear_ourselves(struct pair *pair, uint64_t now_ns);
void meeting_hear_hello(struct pair *pair, const struct hello *hello,
			uint64_t now_ns);

#endif
