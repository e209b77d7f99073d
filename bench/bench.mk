# bench.mk - `make bench`: speed and memory of this library beside OpenSSL and GnuTLS, in one run.
# A library whose development package is missing is left out, with a note. BENCH_ARGS goes to the
# program: -r ROUNDS -s SECONDS -g hbmx -c BUNDLE. peer_tlsn.c belongs to another harness.

ifneq ($(filter bench %/bench,$(MAKECMDGOALS)),)

BENCH_SRC := bench/main.c bench/pair.c bench/heap.c bench/figures.c bench/identities.c bench/bars.c \
    bench/run_handshake.c bench/run_bulk.c bench/run_memory.c bench/run_certificates.c \
    bench/nettle_record.c bench/lib_tlsn.c
BENCH_PEERS := $(foreach p,openssl gnutls,$(if $(shell $(or $(PKG_CONFIG),pkg-config) --exists $(p) && echo yes),$(p)))
BENCH_SRC += $(BENCH_PEERS:%=bench/lib_%.c)
BENCH_DEFINES := $(if $(filter openssl,$(BENCH_PEERS)),-DBENCH_OPENSSL) \
    $(if $(filter gnutls,$(BENCH_PEERS)),-DBENCH_GNUTLS)
BENCH_LIBS := $(if $(BENCH_PEERS),$(shell $(or $(PKG_CONFIG),pkg-config) --libs $(BENCH_PEERS)))

$(BUILD)/obj/bench/%.o: PART := $(OUTSIDE) -fPIE $(BENCH_DEFINES)

# A peer that was installed meanwhile rebuilds.
$(BUILD)/bench-peers: FORCE
	@mkdir -p $(@D); echo '$(BENCH_PEERS)' | cmp -s - $@ || echo '$(BENCH_PEERS)' >$@
$(BUILD)/obj/bench/main.o: $(BUILD)/bench-peers

-include $(patsubst %.o,%.d,$(call obj,$(BENCH_SRC)))

$(BUILD)/bench: $(call obj,$(BENCH_SRC)) $(STATIC_LIB)
	$(call say,LINK  $@)$(CC) -pie $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(STATIC_LIB) $(DEPS_LINK) \
	    $(BENCH_LIBS) -pthread

.PHONY: bench
bench: $(BUILD)/bench
	@$(BUILD)/bench $(BENCH_ARGS)

endif
