// left JOIN right NEAREST n BY rank: a lateral join with the right side in order of the rank,
// without the rows whose rank is NULL, and limited to n.

#include "analyzer/impl.h"

namespace hanok::analyzer {

using Impl = Analyzer::Impl;

Rel Impl::resolve_nearest_by(const plan::Join& join) {
    if (options.functions.conf &&
        types::to_lower(options.functions.conf("spark.sql.crossJoin.enabled")) == "false")
        throw analysis_error("NEAREST_BY_JOIN.CROSS_JOIN_NOT_ENABLED");
    auto input = side_by_side(resolve(join.left), resolve(join.right));
    Context c;
    c.input = &input;
    auto rank = resolve_in(c, join.nearest->rank);
    if (!rank.expr->type->is_orderable()) {
        throw analysis_error("NEAREST_BY_JOIN.NON_ORDERABLE_RANKING_EXPRESSION",
            {{"expression", "\"" + rank.name + "\""}, {"type", quoted_type(*rank.expr->type)}});
    }
    const auto& ranking = join.nearest->rank;
    auto ranked = std::make_shared<plan::Filter>();
    ranked->child = join.right;
    ranked->condition = plan::call("isnotnull", {ranking});
    auto sort = std::make_shared<plan::Sort>();
    sort->child = ranked;
    sort->order = {std::make_shared<plan::SortOrder>(
        ranking, !join.nearest->descending, plan::NullsOrder::kLast)};
    auto limit = std::make_shared<plan::Limit>();
    limit->child = sort;
    limit->limit = plan::int_literal(join.nearest->count);
    plan::Join lateral = join;
    lateral.nearest.reset();
    lateral.right = limit;
    lateral.lateral = true;
    return resolve_join(lateral);
}

}  // namespace hanok::analyzer
