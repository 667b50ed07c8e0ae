#include <delta/connect/relations.pb.h>

#include "base/error.h"
#include "connect/data_type_codec.h"
#include "connect/message_parser.h"
#include "connect/translator/delta_extension.h"
#include "connect/translator/fields.h"

namespace hanok::connect {

namespace dc = delta::connect;
using plan::CommandPtr;

namespace {

// DeltaTable methods that answer with rows are relations; what they do happens when they are read.
std::shared_ptr<plan::Relation> result_of(CommandPtr command) {
    auto out = std::make_shared<plan::CommandResult>();
    out->command = std::move(command);
    return out;
}

template <class Command>
CommandPtr about(plan::Name name) {
    auto out = std::make_shared<Command>();
    out->name.parts = std::move(name);
    return out;
}

CommandPtr is_delta_table(const std::string& path) {
    auto out = std::make_shared<plan::CatalogCall>();
    out->method = "IsDeltaTable";
    out->args["path"] = path;
    return out;
}

}  // namespace

bool DeltaExtension::is_relation(const std::string& type_url) {
    return type_url.ends_with("/delta.connect.DeltaRelation");
}

std::shared_ptr<plan::Relation> DeltaExtension::relation(const std::string& bytes) {
    dc::DeltaRelation m;
    parse_message(bytes, &m);
    using R = dc::DeltaRelation;
    switch (m.relation_type_case()) {
        case R::kScan: {
            auto out = std::make_shared<plan::NamedTable>();
            out->name = name(m.scan().table());
            return out;
        }
        case R::kDescribeHistory:
            return result_of(about<plan::DescribeHistory>(name(m.describe_history().table())));
        case R::kDescribeDetail:
            return result_of(about<plan::DescribeDetail>(name(m.describe_detail().table())));
        case R::kRestoreTable: return result_of(restore(m.restore_table()));
        case R::kIsDeltaTable: return result_of(is_delta_table(m.is_delta_table().path()));
        case R::kDeleteFromTable: return result_of(delete_from(m.delete_from_table()));
        case R::kUpdateTable: return result_of(update(m.update_table()));
        case R::kMergeIntoTable: return result_of(merge(m.merge_into_table()));
        case R::kOptimizeTable: return result_of(optimize(m.optimize_table()));
        case R::kConvertToDelta: return result_of(convert(m.convert_to_delta()));
        case R::RELATION_TYPE_NOT_SET: break;
    }
    throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SET",
        {{"fullName", "delta.connect.DeltaRelation"}, {"name", "relation_type"}});
}

plan::Name DeltaExtension::name(const dc::DeltaTable& m) const {
    if (m.has_path()) {
        // Credentials come from the server's configuration; a client's would be ignored.
        if (!m.path().hadoop_conf().empty())
            throw unsupported_feature("hadoopConf of DeltaTable.forPath");
        return {"delta", m.path().path()};
    }
    return sql::parse_multipart_identifier(m.table_or_view_name(), sql_);
}

plan::Assignment DeltaExtension::assignment(const dc::Assignment& m) {
    return {translator_.expression(m.field()), translator_.expression(m.value())};
}

CommandPtr DeltaExtension::delete_from(const dc::DeleteFromTable& m) {
    auto out = std::make_shared<plan::Delete>();
    out->table = translator_.relation(m.target());
    if (m.has_condition()) out->condition = translator_.expression(m.condition());
    return out;
}

CommandPtr DeltaExtension::update(const dc::UpdateTable& m) {
    auto out = std::make_shared<plan::Update>();
    out->table = translator_.relation(m.target());
    if (m.has_condition()) out->condition = translator_.expression(m.condition());
    for (const auto& a : m.assignments()) out->assignments.push_back(assignment(a));
    return out;
}

CommandPtr DeltaExtension::merge(const dc::MergeIntoTable& m) {
    auto out = std::make_shared<plan::Merge>();
    out->target = translator_.relation(m.target());
    out->source = translator_.relation(m.source());
    out->condition = translator_.expression(m.condition());
    for (const auto& a : m.matched_actions()) out->matched.push_back(merge_clause(a));
    for (const auto& a : m.not_matched_actions()) out->not_matched.push_back(merge_clause(a));
    for (const auto& a : m.not_matched_by_source_actions())
        out->not_matched_by_source.push_back(merge_clause(a));
    out->with_schema_evolution = m.with_schema_evolution();
    return out;
}

plan::MergeClause DeltaExtension::merge_clause(const dc::MergeIntoTable::Action& m) {
    using Action = plan::MergeClause::Action;
    using A = dc::MergeIntoTable::Action;
    plan::MergeClause out;
    if (m.has_condition()) out.condition = translator_.expression(m.condition());
    switch (m.action_type_case()) {
        case A::kDeleteAction: out.action = Action::kDelete; return out;
        case A::kUpdateStarAction: out.action = Action::kUpdateAll; return out;
        case A::kInsertStarAction: out.action = Action::kInsertAll; return out;
        case A::kUpdateAction:
            out.action = Action::kUpdate;
            for (const auto& a : m.update_action().assignments())
                out.assignments.push_back(assignment(a));
            return out;
        case A::kInsertAction:
            out.action = Action::kInsert;
            for (const auto& a : m.insert_action().assignments())
                out.assignments.push_back(assignment(a));
            return out;
        case A::ACTION_TYPE_NOT_SET: break;
    }
    throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SET",
        {{"fullName", "delta.connect.MergeIntoTable.Action"}, {"name", "action_type"}});
}

CommandPtr DeltaExtension::optimize(const dc::OptimizeTable& m) {
    auto out = std::make_shared<plan::Optimize>();
    out->name.parts = name(m.table());
    for (const auto& filter : m.partition_filters()) {
        plan::ExprPtr condition = sql::parse_expression(filter, sql_);
        out->where = out->where ? plan::call("and", {out->where, condition}) : condition;
    }
    for (const auto& column : m.zorder_columns())
        out->zorder_by.push_back(parse_attribute_name(column));
    return out;
}

CommandPtr DeltaExtension::convert(const dc::ConvertToDelta& m) {
    auto out = std::make_shared<plan::ConvertToDelta>();
    out->name.parts = sql::parse_multipart_identifier(m.identifier(), sql_);
    out->answers_name = true;
    if (m.has_partition_schema_string())
        out->partition_schema = sql::parse_table_schema(m.partition_schema_string(), sql_);
    if (m.has_partition_schema_struct())
        out->partition_schema = type_from_proto(m.partition_schema_struct());
    return out;
}

CommandPtr DeltaExtension::restore(const dc::RestoreTable& m) {
    auto out = std::make_shared<plan::Restore>();
    out->name.parts = name(m.table());
    if (m.has_version()) {
        out->target.version = plan::long_literal(m.version());
    } else {
        out->target.timestamp = plan::string_literal(m.timestamp());
    }
    return out;
}

}  // namespace hanok::connect
