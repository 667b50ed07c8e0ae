#include "session/time_travel.h"

#include "analyzer/coercion.h"
#include "base/error.h"

namespace hanok::session {

int64_t delta_timestamp(Session& session, const plan::ExprPtr& expression) {
    auto analyzer = session.analyzer();
    auto value = analyzer
                     ->fold(std::make_shared<plan::Cast>(
                         expression, types::DataType::timestamp(), plan::CastMode::kTry))
                     .first;
    if (!value.is_null()) return value.as_int();
    auto given = analyzer->analyze_expression(expression, {});
    std::string shown = analyzer::expression_sql(*given);
    if (given->type->is_string()) shown = "'" + shown + "'";
    throw analysis_error("DELTA_TIMESTAMP_INVALID", {{"expr", shown}});
}

}  // namespace hanok::session
