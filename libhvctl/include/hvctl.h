/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libhvctl: guests of Mortise, and of any hypervisor with the same control calls, from C.
 *
 * Everything goes through a handle (hvctl_open).  A handle is used by one thread at a time;
 * several handles work side by side, and nothing done for one guest waits for another.
 *
 * Functions return 0 or a negative enum hvctl_status.  After a failure hvctl_message() is one
 * sentence with the cause, and where there is one the remedy.  What a function hands out with
 * an out-parameter is freed by the function named beside it; on failure the parameter is not
 * touched.  Sizes are in bytes unless the name says KiB; times are in nanoseconds.
 */
#ifndef HVCTL_H
#define HVCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Why something failed.  Functions return the negative value. */
enum hvctl_status {
    HVCTL_OK = 0,
    HVCTL_INVALID = 1,     /**< an argument, or a guest's definition, is wrong */
    HVCTL_NOT_FOUND = 2,   /**< no such guest, device, file or node */
    HVCTL_EXISTS = 3,      /**< the name, uuid or device is taken */
    HVCTL_DENIED = 4,      /**< not permitted: not root, or not the control domain */
    HVCTL_NO_MEMORY = 5,   /**< the host has too little memory, or too few other resources */
    HVCTL_BUSY = 6,        /**< in use, or another operation on the same guest runs */
    HVCTL_UNSUPPORTED = 7, /**< neither this hypervisor nor this version can do it */
    HVCTL_TIMEOUT = 8,     /**< a guest or a daemon did not answer in time */
    HVCTL_CANCELLED = 9,   /**< the progress function asked to stop */
    HVCTL_CONFLICT = 10,   /**< a transaction met another one: begin it again */
    HVCTL_IO = 11,         /**< a system call failed; the message says which, and why */
    HVCTL_REFUSED = 12,    /**< the hypervisor refused; the message has its own reason */
};

struct hvctl;

/** No domain, where a domain identifier is asked for. */
#define HVCTL_NO_DOMAIN 0xffffffffu

/* ---- The handle ------------------------------------------------------------------------ */

/**
 * Opens a handle, or returns NULL without memory.  No device is opened before it is needed, so
 * that definitions can be checked on any machine.
 */
struct hvctl *hvctl_open(void);

/** Closes a handle and all that it holds open; NULL is allowed. */
void hvctl_close(struct hvctl *h);

/** The sentence for the last failure on this handle; "" when there was none.  Never NULL. */
const char *hvctl_message(const struct hvctl *h);

/** The errno of the system call or hypercall behind the last failure, or 0. */
int hvctl_errno(const struct hvctl *h);

/**
 * A function that is told about long work: what is being done, for people ("loading the kernel"),
 * and how many units of it are done; total is 0 where it is not known.
 * @return whether to go on; with false the work is undone and HVCTL_CANCELLED returned.
 */
typedef bool hvctl_progress_fn(void *opaque, const char *stage, uint64_t done, uint64_t total);

/** Sets the progress function, or removes it with NULL. */
void hvctl_set_progress(struct hvctl *h, hvctl_progress_fn *function, void *opaque);

/** The version of this library, "0.1.0". */
const char *hvctl_version(void);

/* ---- Definitions ----------------------------------------------------------------------- */

/** What to do when a guest ends in one of three ways. */
enum hvctl_action {
    HVCTL_ACTION_DESTROY,
    HVCTL_ACTION_RESTART,
    HVCTL_ACTION_PRESERVE,
    HVCTL_ACTION_RENAME_RESTART,
};

enum hvctl_disk_type { HVCTL_DISK_FILE, HVCTL_DISK_BLOCK };

/** A disk: a block device, or a raw file (attached through a loop device). */
struct hvctl_disk {
    enum hvctl_disk_type type;
    char *source; /**< path in the control domain */
    char *target; /**< the guest's name for it: "xvda" */
    bool readonly;
};

/** A network card on a bridge of the control domain. */
struct hvctl_nic {
    uint8_t mac[6];
    bool mac_given; /**< else one is made, 00:16:3e:... */
    char *bridge;   /**< "xenbr0" */
    char *target;   /**< name of the interface in the control domain, or NULL: vifDOMID.N */
};

/** CPUs as a set of bits; CPU n is bit n % 64 of word n / 64. */
struct hvctl_cpuset {
    uint64_t word[4];
};

/** A guest as its definition says.  Strings are owned by the definition. */
struct hvctl_definition {
    char *name;
    uint8_t uuid[16];
    bool uuid_given; /**< else one is made when it is created */
    char *title, *description;
    char *metadata;           /**< the XML of <metadata>, or NULL */
    uint64_t memory_kib;      /**< the most it may have */
    uint64_t current_kib;     /**< what it has at its start */
    unsigned int vcpus;       /**< the most it may have */
    unsigned int vcpus_start; /**< on line at its start */
    struct hvctl_cpuset cpuset;
    bool cpuset_given;
    char *kernel, *initrd, *cmdline;
    bool pvgrub;            /**< the kernel loads another one from the guest's disk */
    int64_t clock_offset_s; /**< of its wall clock from UTC */
    bool clock_local;       /**< its wall clock is the control domain's local time */
    enum hvctl_action on_poweroff, on_reboot, on_crash;
    unsigned int weight; /**< of the scheduler; 0: the default (256) */
    unsigned int cap;    /**< per cent of one CPU; 0: none */
    struct hvctl_disk *disks;
    size_t disk_count;
    struct hvctl_nic *nics;
    size_t nic_count;
    char *console_log; /**< file for the console's output, or NULL: the daemon's own place */
};

/**
 * Reads a definition: libvirt's domain XML, <domain type='xen'>.
 * @param path  of the file; "-" is standard input.
 * @return 0; -HVCTL_INVALID: not well-formed, not by the schema, or something that is not
 *         supported (the message names file, line and element); -HVCTL_IO: it can't be read.
 * Freed by hvctl_definition_free().
 */
int hvctl_definition_read(struct hvctl *h, const char *path, struct hvctl_definition **definition);

/** As hvctl_definition_read(), of a text; name stands for the file in messages. */
int hvctl_definition_parse(struct hvctl *h, const char *name, const char *text, size_t size,
                           struct hvctl_definition **definition);

/** Parses one <disk> or <interface> element, for attaching. */
int hvctl_disk_parse(struct hvctl *h, const char *name, const char *text, size_t size,
                     struct hvctl_disk *disk);
int hvctl_nic_parse(struct hvctl *h, const char *name, const char *text, size_t size,
                    struct hvctl_nic *nic);

/** The definition as XML again, with what was made (uuid, MAC) filled in; free() it. */
int hvctl_definition_format(struct hvctl *h, const struct hvctl_definition *definition,
                            char **text);

void hvctl_definition_free(struct hvctl_definition *definition);
void hvctl_disk_clear(struct hvctl_disk *disk);
void hvctl_nic_clear(struct hvctl_nic *nic);

/* ---- Guests ---------------------------------------------------------------------------- */

enum hvctl_state {
    HVCTL_RUNNING,  /**< some vCPU runs */
    HVCTL_BLOCKED,  /**< all vCPUs wait */
    HVCTL_PAUSED,   /**< by the administrator */
    HVCTL_SHUTDOWN, /**< it ended; see shutdown_reason */
    HVCTL_CRASHED,
    HVCTL_DYING, /**< destroyed, something still holds its memory */
};

/** A domain as it is now. */
struct hvctl_domain {
    uint32_t domid;
    uint8_t uuid[16];
    char name[64]; /**< "" when the store has none */
    enum hvctl_state state;
    unsigned int shutdown_reason; /**< SHUTDOWN_* of sched.h */
    uint64_t memory_kib;          /**< that it has */
    uint64_t memory_max_kib;      /**< that it may have */
    uint64_t cpu_time_ns;         /**< of all its vCPUs */
    unsigned int vcpus_online, vcpus_max;
    unsigned int cpupool;
};

/** All domains, by rising domid, the control domain first; free() the array. */
int hvctl_list(struct hvctl *h, struct hvctl_domain **domains, size_t *count);

/** One domain.  -HVCTL_NOT_FOUND without it. */
int hvctl_info(struct hvctl *h, uint32_t domid, struct hvctl_domain *domain);

/** Finds a domain by name, domid or uuid. */
int hvctl_find(struct hvctl *h, const char *which, uint32_t *domid);

#define HVCTL_CREATE_PAUSED 1u /**< leave the guest paused */

/**
 * Creates a guest: memory, kernel, initrd, store, devices, and starts it.  All or nothing.
 * @param flags  HVCTL_CREATE_*.
 * @return 0; -HVCTL_EXISTS: name or uuid taken; -HVCTL_NO_MEMORY; -HVCTL_INVALID: the kernel is
 *         none that runs here; -HVCTL_NOT_FOUND: kernel, disk or bridge; -HVCTL_CANCELLED.
 */
int hvctl_create(struct hvctl *h, const struct hvctl_definition *definition, unsigned int flags,
                 uint32_t *domid);

/** The definition that a guest was created from, under the name that it has now. */
int hvctl_definition_of(struct hvctl *h, uint32_t domid, struct hvctl_definition **definition);

/** Ends a guest at once and takes all it has: devices, store, memory. */
int hvctl_destroy(struct hvctl *h, uint32_t domid);

enum hvctl_shutdown { HVCTL_POWEROFF, HVCTL_REBOOT, HVCTL_HALT };

/** Asks the guest to end itself; waits up to wait_ns (0: no), then up to 5 s for its devices. */
int hvctl_shutdown(struct hvctl *h, uint32_t domid, enum hvctl_shutdown how, uint64_t wait_ns);

int hvctl_pause(struct hvctl *h, uint32_t domid);
int hvctl_unpause(struct hvctl *h, uint32_t domid);
int hvctl_rename(struct hvctl *h, uint32_t domid, const char *name);

/** Sets the balloon's target. */
int hvctl_memory_set(struct hvctl *h, uint32_t domid, uint64_t kib);

/** How many vCPUs the guest is asked to have on line. */
int hvctl_vcpus_set(struct hvctl *h, uint32_t domid, unsigned int count);

struct hvctl_vcpu {
    unsigned int id, cpu; /**< cpu: where it ran last */
    bool online, blocked, running;
    uint64_t cpu_time_ns;
    struct hvctl_cpuset hard, soft;
};

/** A domain's vCPUs; free() the array. */
int hvctl_vcpus(struct hvctl *h, uint32_t domid, struct hvctl_vcpu **vcpus, size_t *count);

/** Where a vCPU may run; vcpu UINT_MAX: all of them. */
int hvctl_vcpu_pin(struct hvctl *h, uint32_t domid, unsigned int vcpu,
                   const struct hvctl_cpuset *cpus);

/** Scheduler parameters; each pointer may be NULL.  cap in per cent of one CPU, 0: none. */
int hvctl_sched_get(struct hvctl *h, uint32_t domid, unsigned int *weight, unsigned int *cap);
int hvctl_sched_set(struct hvctl *h, uint32_t domid, unsigned int weight, unsigned int cap);

/** Sends a vCPU "nmi", "reset" or what else xl calls triggers. */
int hvctl_trigger(struct hvctl *h, uint32_t domid, const char *trigger, unsigned int vcpu);

/** Sends a Linux guest a magic SysRq letter. */
int hvctl_sysrq(struct hvctl *h, uint32_t domid, char letter);

/** Seconds since the guest was created. */
int hvctl_uptime(struct hvctl *h, uint32_t domid, uint64_t *seconds);

/**
 * Writes the guest's memory and vCPU state as an ELF core with the sections of xl's dump-core; it
 * is paused meanwhile.  A debugger finds the kernel at its own addresses.  The file is there whole
 * or not at all.
 */
int hvctl_dump(struct hvctl *h, uint32_t domid, const char *path);

/** What was done about a guest that ended. */
struct hvctl_end {
    uint32_t domid;               /**< that it had */
    char name[64];                /**< that it had */
    unsigned int shutdown_reason; /**< SHUTDOWN_* of sched.h */
    enum hvctl_action action;     /**< by its definition */
    uint32_t new_domid;           /**< of the guest started in its place, or HVCTL_NO_DOMAIN */
    const char *failure;          /**< why that could not be done, or NULL */
};

typedef void hvctl_end_fn(void *opaque, const struct hvctl_end *end);
/**
 * Does what the definitions of guests that have ended say (on_poweroff, on_reboot, on_crash).  One
 * that ended five times running within ten seconds of its start is not started again.  For the one
 * daemon that does this: at its start, and each time the watch "@releaseDomain" fires.
 * @param told  is called for each guest that something was done about; may be NULL.
 * @return 0, also when some guest's policy failed: told has the sentence.
 */
int hvctl_ends_handle(struct hvctl *h, hvctl_end_fn *told, void *opaque);

/** Does the above, by the watch, until stop returns true, which is asked once a second. */
int hvctl_monitor_run(struct hvctl *h, hvctl_end_fn *told, bool (*stop)(void *opaque),
                      void *opaque);

/* ---- Devices --------------------------------------------------------------------------- */

/** A device as it is now. */
struct hvctl_device {
    unsigned int id;    /**< XenStore's number of it */
    unsigned int state; /**< XenbusState of io/xenbus.h: 4 is connected */
    char target[32];    /**< "xvda", "vif3.0" */
    char source[256];   /**< path or bridge */
    char address[32];   /**< MAC, or "ro"/"rw" */
};

int hvctl_disk_attach(struct hvctl *h, uint32_t domid, const struct hvctl_disk *disk);
int hvctl_disk_detach(struct hvctl *h, uint32_t domid, const char *target, bool force);
int hvctl_disks(struct hvctl *h, uint32_t domid, struct hvctl_device **disks, size_t *count);
int hvctl_nic_attach(struct hvctl *h, uint32_t domid, const struct hvctl_nic *nic);
/** @param which  index, MAC or interface name. */
int hvctl_nic_detach(struct hvctl *h, uint32_t domid, const char *which, bool force);
int hvctl_nics(struct hvctl *h, uint32_t domid, struct hvctl_device **nics, size_t *count);

/* ---- The host -------------------------------------------------------------------------- */

struct hvctl_host {
    unsigned int cpus, cores_per_socket, threads_per_core, sockets, nodes;
    uint64_t memory_kib, free_kib, scrub_kib, cpu_khz;
    unsigned int version_major, version_minor;
    char extra[16], capabilities[256], changeset[64], compiler[96], scheduler[16];
};
int hvctl_host(struct hvctl *h, struct hvctl_host *host);

/** The hypervisor's log; free() the text. */
int hvctl_dmesg(struct hvctl *h, bool clear, char **text);

/** Keys of the hypervisor's debug console, as if typed there. */
int hvctl_debug_keys(struct hvctl *h, const char *keys);

/** One refused call, newest last. */
struct hvctl_refusal {
    uint64_t time_ns; /**< of the hypervisor's clock */
    unsigned int vcpu, call, op;
    int error; /**< negative errno */
    uint64_t argument;
    char call_name[32], rule[32], sentence[160];
};

/** What the hypervisor refused to a domain of late; free() the array. */
int hvctl_refusals(struct hvctl *h, uint32_t domid, struct hvctl_refusal **refusals, size_t *count);
struct hvctl_audit {
    uint64_t frames, references;    /**< how many were looked at, and found */
    uint64_t differences, pause_ns; /**< 0: all is well; how long the guests stood still */
};
struct hvctl_difference {
    char kind[16], words[128];        /**< "page-refs", "events"...; what differs */
    uint32_t domid;                   /**< whose, or HVCTL_NO_DOMAIN */
    uint64_t object, recorded, found; /**< a frame, port...: as the words say */
};
/** Recounts all references of the running system; gives the first 32 differences (NULL: none). */
int hvctl_audit(struct hvctl *h, struct hvctl_audit *result, struct hvctl_difference **differences,
                size_t *count);

/* ---- XenStore -------------------------------------------------------------------------- */

#define HVCTL_NO_TRANSACTION 0u

/** Reads a node; the value has a zero byte after its end; free() it. */
int hvctl_store_read(struct hvctl *h, uint32_t transaction, const char *path, char **value,
                     size_t *size);
int hvctl_store_write(struct hvctl *h, uint32_t transaction, const char *path, const void *value,
                      size_t size);
int hvctl_store_mkdir(struct hvctl *h, uint32_t transaction, const char *path);
/** Removes a node and all below; no node is no failure. */
int hvctl_store_remove(struct hvctl *h, uint32_t transaction, const char *path);
/** Names of a node's children, as one block: free() it alone. */
int hvctl_store_list(struct hvctl *h, uint32_t transaction, const char *path, char ***names,
                     size_t *count);
/** Permissions in the form of xenstore-chmod: "n0", "r5", ... */
int hvctl_store_chmod(struct hvctl *h, uint32_t transaction, const char *path,
                      const char *const *permissions, size_t count);
int hvctl_store_begin(struct hvctl *h, uint32_t *transaction);
/** @return -HVCTL_CONFLICT: begin again; do what is right to do twice (docs/store.md). */
int hvctl_store_end(struct hvctl *h, uint32_t transaction, bool commit);
int hvctl_store_watch(struct hvctl *h, const char *path, const char *token);
int hvctl_store_unwatch(struct hvctl *h, const char *path, const char *token);
/** Waits for a watch up to wait_ns; -HVCTL_TIMEOUT.  free() path; token is within it. */
int hvctl_store_wait(struct hvctl *h, uint64_t wait_ns, char **path, char **token);
/** Readable when hvctl_store_wait() would not wait; -1 before the first use. */
int hvctl_store_fd(struct hvctl *h);

/* ---- Grants and event channels for programs of the control domain ------------------------ */

/** Maps frames that a domain grants; unmapped by hvctl_grant_unmap(). */
int hvctl_grant_map(struct hvctl *h, uint32_t domid, const uint32_t *references, size_t count,
                    bool writable, void **address);
int hvctl_grant_unmap(struct hvctl *h, void *address, size_t count);
/** Own frames that another domain may map; freed by hvctl_grant_free(). */
int hvctl_grant_alloc(struct hvctl *h, uint32_t domid, size_t count, bool writable,
                      uint32_t *references, void **address);
int hvctl_grant_free(struct hvctl *h, void *address, size_t count);

/** Event channels; the file descriptor is readable when a port is pending. */
int hvctl_event_fd(struct hvctl *h);
int hvctl_event_alloc(struct hvctl *h, uint32_t domid, uint32_t *port);
int hvctl_event_bind(struct hvctl *h, uint32_t domid, uint32_t remote, uint32_t *port);
int hvctl_event_bind_virq(struct hvctl *h, unsigned int virq, uint32_t *port);
int hvctl_event_send(struct hvctl *h, uint32_t port);
/** Takes the next pending port without waiting (-HVCTL_TIMEOUT: none) and masks it. */
int hvctl_event_next(struct hvctl *h, uint32_t *port);
int hvctl_event_unmask(struct hvctl *h, uint32_t port);
int hvctl_event_close(struct hvctl *h, uint32_t port);

#ifdef __cplusplus
}
#endif

#endif
