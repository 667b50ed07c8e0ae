#include "commands/merge_plan.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/assignments.h"
#include "commands/column_values.h"
#include "commands/struct_fields.h"

namespace hanok::commands {

namespace {

using resolved::ExprPtr;
using types::DataType;
using Action = plan::MergeClause::Action;

// One clause: when it acts, what it does, and the columns it leaves (empty for deletes).
struct Branch {
    ExprPtr guard;  // BOOLEAN, never NULL
    MergeAction action;
    resolved::Exprs values;
    std::set<std::string> assigned;  // columns that the clause names; updates and inserts
};

// SET * / INSERT *: every column of the table from the source's column of that name.
// With schema evolution the source may lack columns.
std::vector<plan::Assignment> star_assignments(
    const DataType& schema, const resolved::Attributes& source, bool evolves) {
    std::vector<plan::Assignment> out;
    for (const auto& field : schema.fields()) {
        const resolved::Attribute* found = nullptr;
        for (const auto& a : source) {
            if (types::names_equal(a.name, field.name)) found = &a;
        }
        if (!found && (evolves || generation_sql(field) || identity_rule(field))) continue;
        if (!found) {
            throw analysis_error("DELTA_MERGE_UNRESOLVED_EXPRESSION",
                {{"sqlExpr", field.name}, {"clause", "UPDATE SET * or INSERT *"}, {"cols", ""}});
        }
        auto path = found->qualifier;
        path.push_back(found->name);
        out.push_back({plan::attribute({field.name}), plan::attribute(path)});
    }
    return out;
}

std::set<std::string> assigned_columns(
    const std::vector<plan::Assignment>& assignments, const DataType& schema) {
    std::set<std::string> out;
    for (const auto& assignment : assignments) {
        if (assignment.key->kind != plan::ExprKind::kAttribute) continue;
        for (const auto& part : assignment.key->as<plan::Attribute>().parts) {
            int i = schema.field_index(part);
            if (i >= 0) out.insert(schema.fields()[static_cast<size_t>(i)].name);
        }
    }
    return out;
}

resolved::Exprs insert_values(Session& session, const std::vector<plan::Assignment>& assignments,
    const DataType& schema, const resolved::Attributes& source, const std::string& table_name,
    bool evolves) {
    auto analyzer = session.analyzer();
    resolved::Exprs out;
    std::vector<bool> used(assignments.size(), false);
    for (const auto& field : schema.fields()) {
        plan::ExprPtr value = default_expression(field);
        auto identity = identity_rule(field);
        for (size_t i = 0; i < assignments.size(); ++i) {
            const auto& parts = assignments[i].key->as<plan::Attribute>().parts;
            if (!types::names_equal(parts.back(), field.name)) continue;
            used[i] = true;
            value = with_default_keyword(assignments[i].value, field);
            if (identity && !identity->allow_explicit_insert) {
                throw analysis_error("DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED",
                    {{"colName", field.name}});
            }
        }
        auto typed = analyzer->analyze_expression(value, source);
        typed = assigned_struct(
            typed, field.type, evolves ? MissingFields::kNull : MissingFields::kRefused);
        out.push_back(analyzer->store_cast(typed, field.type, field.name, table_name));
    }
    for (size_t i = 0; i < used.size(); ++i) {
        if (used[i]) continue;
        const auto& parts = assignments[i].key->as<plan::Attribute>().parts;
        throw analysis_error("DELTA_MERGE_UNRESOLVED_EXPRESSION",
            {{"sqlExpr", quote_if_needed(parts)}, {"clause", "INSERT"}, {"cols", ""}});
    }
    return out;
}

// For rows that are not written: the table's columns need not be read for them.
resolved::Exprs no_values(const resolved::Attributes& columns) {
    resolved::Exprs out;
    for (const auto& column : columns)
        out.push_back(std::make_shared<resolved::Literal>(column.type, types::Value()));
    return out;
}

class ClauseBuilder {
public:
    ClauseBuilder(Session& session, const RowLevelTarget& target, const MergeSides& sides)
        : session_(session),
          schema_(*target.schema()),
          name_(target.delta.shown_name),
          sides_(sides) {
        both_sides_ = sides.target;
        both_sides_.insert(both_sides_.end(), sides.source.begin(), sides.source.end());
    }

    Branch matched(const plan::MergeClause& clause, const ExprPtr& guard) const {
        return branch(clause, guard, both_sides_);
    }
    Branch not_matched_by_source(const plan::MergeClause& clause, const ExprPtr& guard) const {
        auto out = branch(clause, guard, sides_.target);
        out.action = out.action == MergeAction::kDelete ? MergeAction::kDeleteAlone
                                                        : MergeAction::kUpdateAlone;
        return out;
    }
    Branch not_matched(const plan::MergeClause& clause, const ExprPtr& guard) const {
        auto assignments = clause.action == Action::kInsertAll
                               ? star_assignments(schema_, sides_.source, sides_.evolves)
                               : clause.assignments;
        return {with_condition(clause, guard, sides_.source), MergeAction::kInsert,
            insert_values(session_, assignments, schema_, sides_.source, name_, sides_.evolves),
            assigned_columns(assignments, schema_)};
    }

private:
    ExprPtr with_condition(const plan::MergeClause& clause, const ExprPtr& guard,
        const resolved::Attributes& input) const {
        if (!clause.condition) return guard;
        return both(guard, is_true(analyze_condition(session_, clause.condition, input)));
    }

    Branch branch(const plan::MergeClause& clause, const ExprPtr& guard,
        const resolved::Attributes& input) const {
        auto when = with_condition(clause, guard, input);
        if (clause.action == Action::kDelete)
            return {when, MergeAction::kDelete, no_values(sides_.target), {}};
        auto assignments = clause.action == Action::kUpdateAll
                               ? star_assignments(schema_, sides_.source, sides_.evolves)
                               : clause.assignments;
        return {when, MergeAction::kUpdate,
            assigned_values(session_, assignments, schema_, sides_.target, input, name_,
                missing_fields(clause)),
            assigned_columns(assignments, schema_)};
    }

    // SET * keeps fields that the source's struct lacks, SET column = struct makes them NULL.
    MissingFields missing_fields(const plan::MergeClause& clause) const {
        if (!sides_.evolves) return MissingFields::kRefused;
        return clause.action == Action::kUpdateAll ? MissingFields::kKept : MissingFields::kNull;
    }

    Session& session_;
    const DataType& schema_;
    const std::string name_;
    const MergeSides& sides_;
    resolved::Attributes both_sides_;
};

std::vector<Branch> branches_of(Session& session, const plan::Merge& merge,
    const RowLevelTarget& target, const MergeSides& sides) {
    ClauseBuilder builder(session, target, sides);
    ExprPtr has_target = make_call("isnotnull", {ref(sides.in_target)}, DataType::boolean(), false);
    ExprPtr has_source = make_call("isnotnull", {ref(sides.in_source)}, DataType::boolean(), false);
    std::vector<Branch> out;
    for (const auto& clause : merge.matched)
        out.push_back(builder.matched(clause, both(has_target, has_source)));
    for (const auto& clause : merge.not_matched_by_source) {
        out.push_back(builder.not_matched_by_source(clause, both(has_target, negate(has_source))));
    }
    out.push_back({both(has_target, has_source), MergeAction::kCopy, no_values(sides.target), {}});
    for (const auto& clause : merge.not_matched)
        out.push_back(builder.not_matched(clause, negate(has_target)));
    return out;
}

// The columns that each row's branch gives, the carried ones, its action and the branch itself.
resolved::PlanPtr branch_values(const RowLevelTarget& target, const resolved::PlanPtr& taken,
    const std::vector<Branch>& branches, const resolved::Attributes& carried) {
    const auto& branch = taken->output.back();
    const auto& fields = target.schema()->fields();
    resolved::Exprs values;
    std::vector<std::string> columns;
    for (size_t c = 0; c <= fields.size(); ++c) {
        resolved::Exprs when;
        for (size_t i = 0; i < branches.size(); ++i) {
            when.push_back(make_call(
                "=", {ref(branch), integer(static_cast<int64_t>(i))}, DataType::boolean(), true));
            when.push_back(c < fields.size() ? branches[i].values[c]
                                             : integer(static_cast<int>(branches[i].action)));
        }
        columns.push_back(c < fields.size() ? fields[c].name : "__action");
        values.push_back(make_call(
            "when", when, c < fields.size() ? fields[c].type : DataType::integer(), true));
    }
    for (const auto& attribute : carried) {
        columns.insert(columns.end() - 1, attribute.name);
        values.insert(values.end() - 1, ref(attribute));
    }
    columns.push_back("__branch");
    values.push_back(ref(branch));
    return project(taken, columns, values);
}

// The rows with what the table itself gives: generated columns in branches that leave them out, and
// numbers of identity columns in inserted rows. Without the branch.
MergedRows table_values(Session& session, const DataType& schema, resolved::PlanPtr plan,
    const std::vector<Branch>& branches) {
    MergedRows out;
    std::map<std::string, ExprPtr> generated;
    std::set<std::string> explicit_columns;
    auto in_branches = [&](const std::string& column, bool inserts_only) {
        ExprPtr where;
        const auto& branch = plan->output.back();
        for (size_t i = 0; i < branches.size(); ++i) {
            auto action = branches[i].action;
            bool updates = action == MergeAction::kUpdate || action == MergeAction::kUpdateAlone;
            bool writes = action == MergeAction::kInsert || (!inserts_only && updates);
            if (!writes) continue;
            if (branches[i].assigned.contains(column)) {
                explicit_columns.insert(column);
                continue;
            }
            auto here = make_call(
                "=", {ref(branch), integer(static_cast<int64_t>(i))}, DataType::boolean(), true);
            where = where ? make_call("or", {where, here}, DataType::boolean(), true) : here;
        }
        return where;
    };
    for (const auto& field : schema.fields()) {
        if (!identity_rule(field)) continue;
        auto where = in_branches(field.name, true);
        if (!where) continue;
        plan = number_rows(plan, schema, {field.name}, where);
        out.numbered.insert(field.name);
    }
    for (const auto& field : schema.fields()) {
        if (!generation_sql(field)) continue;
        if (auto where = in_branches(field.name, false)) generated[field.name] = where;
        if (!explicit_columns.contains(field.name)) out.computed.insert(field.name);
    }
    plan = compute_generated(session, plan, schema, generated);
    std::vector<std::string> names;
    for (size_t i = 0; i + 1 < plan->output.size(); ++i) names.push_back(plan->output[i].name);
    out.plan = project(plan, names, refs(plan->output, names.size()));
    return out;
}

}  // namespace

MergedRows apply_merge_clauses(Session& session, const plan::Merge& merge,
    const RowLevelTarget& target, const resolved::PlanPtr& joined, const MergeSides& sides) {
    auto branches = branches_of(session, merge, target, sides);
    // First which branch a row takes, so that only that branch's values are computed.
    resolved::Exprs choose;
    for (size_t i = 0; i < branches.size(); ++i) {
        choose.push_back(branches[i].guard);
        choose.push_back(integer(static_cast<int64_t>(i)));
    }
    std::vector<std::string> names;
    auto carried = refs(joined->output, joined->output.size());
    for (const auto& a : joined->output) names.push_back(a.name);
    names.push_back("__branch");
    carried.push_back(make_call("when", choose, DataType::integer(), true));
    auto chosen = std::make_shared<resolved::Project>();
    chosen->child = joined;
    for (size_t i = 0; i < carried.size(); ++i) {
        resolved::Attribute a{analyzer::Analyzer::next_id(), names[i], carried[i]->type,
            carried[i]->nullable, {}, ""};
        if (i < joined->output.size()) a = joined->output[i];
        chosen->output.push_back(a);
        chosen->columns.push_back({a, carried[i]});
    }
    const auto& branch = chosen->output.back();
    auto taken = filter(chosen, make_call("isnotnull", {ref(branch)}, DataType::boolean(), false));

    return table_values(
        session, *target.schema(), branch_values(target, taken, branches, sides.carried), branches);
}

bool evolves_schema(Session& session, const plan::Merge& merge) {
    return merge.with_schema_evolution ||
           session.config().get_bool("spark.databricks.delta.schema.autoMerge.enabled", false);
}

namespace {

// Has a struct in the source fields that the table's does not have? Elements of arrays, keys and
// values of maps are looked into.
bool has_new_fields(const DataType& table, const DataType& source) {
    using types::TypeId;
    if (table.is(TypeId::kArray) && source.is(TypeId::kArray))
        return has_new_fields(*table.element(), *source.element());
    if (table.is(TypeId::kMap) && source.is(TypeId::kMap))
        return has_new_fields(*table.key(), *source.key()) ||
               has_new_fields(*table.value(), *source.value());
    if (!table.is(types::TypeId::kStruct) || !source.is(types::TypeId::kStruct)) return false;
    return std::any_of(source.fields().begin(), source.fields().end(), [&](const auto& field) {
        int i = table.field_index(field.name);
        return i < 0 || has_new_fields(*table.fields()[static_cast<size_t>(i)].type, *field.type);
    });
}

// The table's fields with their types, then those that only the source has.
types::TypePtr with_new_fields(const types::TypePtr& table, const types::TypePtr& source) {
    if (!has_new_fields(*table, *source)) return table;
    if (table->is(types::TypeId::kArray))
        return DataType::array(
            with_new_fields(table->element(), source->element()), table->contains_null());
    if (table->is(types::TypeId::kMap))
        return DataType::map(with_new_fields(table->key(), source->key()),
            with_new_fields(table->value(), source->value()), table->value_contains_null());
    auto fields = table->fields();
    for (const auto& field : source->fields()) {
        int i = table->field_index(field.name);
        if (i < 0) {
            fields.push_back({field.name, field.type, true, ""});
        } else {
            auto& known = fields[static_cast<size_t>(i)];
            known.type = with_new_fields(known.type, field.type);
        }
    }
    return DataType::struct_(std::move(fields));
}

}  // namespace

types::TypePtr schema_after_merge(Session& session, const plan::Merge& merge,
    const types::TypePtr& schema, const resolved::Attributes& source) {
    if (!evolves_schema(session, merge)) return nullptr;
    bool takes_all = false;
    std::set<std::string> named;
    for (const auto* clauses : {&merge.matched, &merge.not_matched}) {
        for (const auto& clause : *clauses) {
            takes_all = takes_all || clause.action == Action::kUpdateAll ||
                        clause.action == Action::kInsertAll;
            for (const auto& assignment : clause.assignments) {
                if (assignment.key->kind == plan::ExprKind::kAttribute)
                    named.insert(
                        types::to_lower(assignment.key->as<plan::Attribute>().parts.back()));
            }
        }
    }
    types::Fields fields = schema->fields();
    for (const auto& column : source) {
        if (column.type->is(types::TypeId::kNull)) continue;
        if (!takes_all && !named.contains(types::to_lower(column.name))) continue;
        auto type = DataType::as_nullable(DataType::replace_char_varchar(column.type));
        int known = schema->field_index(column.name);
        if (known < 0) {
            fields.push_back({column.name, type, true, ""});
            continue;
        }
        auto& field = fields[static_cast<size_t>(known)];
        if (has_new_fields(*field.type, *type)) field.type = with_new_fields(field.type, type);
    }
    auto evolved = DataType::struct_(std::move(fields));
    return *evolved == *schema ? nullptr : evolved;
}

std::string merge_clauses_json(const std::vector<plan::MergeClause>& clauses) {
    auto out = nlohmann::json::array();
    for (const auto& clause : clauses) {
        static const char* const names[] = {"update", "update", "insert", "insert", "delete"};
        nlohmann::json entry = {{"actionType", names[static_cast<int>(clause.action)]}};
        if (clause.condition && clause.condition->origin && clause.condition->origin->text) {
            entry["predicate"] = plan::query_context(*clause.condition->origin).fragment;
        }
        out.push_back(std::move(entry));
    }
    return out.dump();
}

}  // namespace hanok::commands
