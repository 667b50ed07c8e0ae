#include "commands/kept_rows.h"

#include "base/ids.h"

namespace hanok::commands {

KeptRows::KeptRows(Session& session, const resolved::PlanPtr& plan)
    : engine_(session.platform().engine()),
      key_("kept-" + base::new_uuid(base::SystemRandom::instance())) {
    engine_.materialize(key_, session.use_cache(plan), session.query_context());
    auto cached = std::make_shared<resolved::Cached>();
    cached->cache_key = key_;
    cached->output = plan->output;
    plan_ = cached;
}

KeptRows::~KeptRows() { engine_.drop_materialized(key_); }

}  // namespace hanok::commands
