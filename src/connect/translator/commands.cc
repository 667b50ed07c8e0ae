#include <spark/connect/commands.pb.h>
#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/translator/delta_extension.h"
#include "connect/translator/fields.h"
#include "connect/translator/python_table.h"
#include "connect/translator/translator.h"
#include "resolved/python_eval_type.h"

namespace hanok::connect {

namespace sc = spark::connect;
using plan::CommandPtr;

namespace {

[[noreturn]] void refuse(const sc::Command& m) {
    using C = sc::Command;
    switch (m.command_type_case()) {
        case C::kWriteStreamOperationStart:
        case C::kStreamingQueryCommand:
        case C::kStreamingQueryManagerCommand:
        case C::kStreamingQueryListenerBusCommand:
            throw unsupported_feature("Structured Streaming");
        case C::kCreateResourceProfileCommand: throw unsupported_feature("resource profiles");
        case C::kMlCommand: throw unsupported_feature("Spark ML");
        case C::kExecuteExternalCommand: throw unsupported_feature("external commands");
        case C::kPipelineCommand: throw unsupported_feature("declarative pipelines");
        case C::kExtension:
            throw Error(ErrorKind::kInvalidCommandInput,
                "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION",
                {{"extensionTypeUrl", m.extension().type_url()}});
        default: break;
    }
    throw Error(ErrorKind::kInvalidCommandInput,
        "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET",
        {{"fullName", "spark.connect.Command"}, {"name", "command_type"}});
}

CommandPtr registered(std::shared_ptr<plan::PythonUdf> udf) {
    auto out = std::make_shared<plan::CreateFunction>();
    out->name.parts = {udf->name};
    out->temporary = true;
    out->or_replace = true;
    out->return_type = udf->output_type;
    out->deterministic = udf->deterministic;
    out->python_udf = std::move(udf);
    return out;
}

CommandPtr data_source(const sc::CommonInlineUserDefinedDataSource& m) {
    auto source = std::make_shared<plan::PythonUdf>();
    source->name = m.name();
    source->eval_type = resolved::eval_type::kDataSource;
    source->command = m.python_data_source().command();
    source->python_version = m.python_data_source().python_ver();
    return registered(std::move(source));
}

CommandPtr create_view(std::vector<std::string> name, plan::RelationPtr query,
    const sc::CreateDataFrameViewCommand& m) {
    auto out = std::make_shared<plan::CreateView>();
    out->name.parts = std::move(name);
    out->temporary = true;
    out->global = m.is_global();
    out->or_replace = m.replace();
    out->query = std::move(query);
    return out;
}

void set_mode(const sc::WriteOperation& m, plan::Write* out) {
    out->mode_is_set = m.mode() != sc::WriteOperation::SAVE_MODE_UNSPECIFIED;
    switch (m.mode()) {
        case sc::WriteOperation::SAVE_MODE_APPEND: out->mode = plan::SaveMode::kAppend; break;
        case sc::WriteOperation::SAVE_MODE_OVERWRITE: out->mode = plan::SaveMode::kOverwrite; break;
        case sc::WriteOperation::SAVE_MODE_IGNORE: out->mode = plan::SaveMode::kIgnore; break;
        default: out->mode = plan::SaveMode::kErrorIfExists; break;
    }
}

plan::WriteKind write_kind(sc::WriteOperationV2::Mode mode) {
    switch (mode) {
        case sc::WriteOperationV2::MODE_CREATE: return plan::WriteKind::kCreate;
        case sc::WriteOperationV2::MODE_OVERWRITE: return plan::WriteKind::kOverwrite;
        case sc::WriteOperationV2::MODE_OVERWRITE_PARTITIONS:
            return plan::WriteKind::kOverwritePartitions;
        case sc::WriteOperationV2::MODE_APPEND: return plan::WriteKind::kAppend;
        case sc::WriteOperationV2::MODE_REPLACE: return plan::WriteKind::kReplace;
        case sc::WriteOperationV2::MODE_CREATE_OR_REPLACE: return plan::WriteKind::kCreateOrReplace;
        default: break;
    }
    throw Error(ErrorKind::kInvalidCommandInput, "CONNECT_INVALID_PLAN.INVALID_ENUM",
        {{"fullName", "spark.connect.WriteOperationV2.Mode"}, {"name", "mode"},
            {"number", std::to_string(mode)}});
}

// Delta's name for the wish to let the write change the table's schema.
void allow_schema_evolution(plan::Write* out) { out->options.emplace_back("mergeSchema", "true"); }

}  // namespace

CommandPtr Translator::command(const sc::Command& m) {
    switch (m.command_type_case()) {
        case sc::Command::kWriteOperation: return write(m.write_operation());
        case sc::Command::kWriteOperationV2: return write_v2(m.write_operation_v2());
        case sc::Command::kCreateDataframeView:
            return create_view(identifier(m.create_dataframe_view().name()),
                relation(m.create_dataframe_view().input()), m.create_dataframe_view());
        case sc::Command::kMergeIntoTableCommand: return merge(m.merge_into_table_command());
        case sc::Command::kRegisterFunction: return register_function(m.register_function());
        case sc::Command::kRegisterDataSource: return data_source(m.register_data_source());
        case sc::Command::kRegisterTableFunction:
            return registered(python_table_from_proto(m.register_table_function()));
        case sc::Command::kExtension:
            if (!DeltaExtension::is_command(m.extension().type_url())) refuse(m);
            return DeltaExtension(*this, sql_).command(m.extension().value());
        default: refuse(m);
    }
}

CommandPtr Translator::write(const sc::WriteOperation& m) {
    auto out = std::make_shared<plan::Write>();
    out->query = relation(m.input());
    out->source = m.source();
    set_mode(m, out.get());
    out->options = options(m.options());
    out->partition_by = strings(m.partitioning_columns());
    out->sort_by = strings(m.sort_column_names());
    out->cluster_by = strings(m.clustering_columns());
    if (m.has_bucket_by()) {
        plan::BucketSpec buckets;
        buckets.num_buckets = m.bucket_by().num_buckets();
        buckets.columns = strings(m.bucket_by().bucket_column_names());
        buckets.sort_columns = out->sort_by;
        out->buckets = std::move(buckets);
    }
    if (m.with_schema_evolution()) allow_schema_evolution(out.get());
    if (!m.has_table()) {
        out->write_kind = plan::WriteKind::kSave;
        out->path = m.path();
        return out;
    }
    out->table = identifier(m.table().table_name());
    switch (m.table().save_method()) {
        case sc::WriteOperation::SaveTable::TABLE_SAVE_METHOD_SAVE_AS_TABLE:
            out->write_kind = plan::WriteKind::kSaveAsTable;
            return out;
        case sc::WriteOperation::SaveTable::TABLE_SAVE_METHOD_INSERT_INTO:
            out->write_kind = plan::WriteKind::kInsertInto;
            return out;
        default:
            throw Error(ErrorKind::kInvalidCommandInput, "CONNECT_INVALID_PLAN.INVALID_ENUM",
                {{"fullName", "spark.connect.WriteOperation.SaveTable.TableSaveMethod"},
                    {"name", "save_method"}, {"number", std::to_string(m.table().save_method())}});
    }
}

CommandPtr Translator::write_v2(const sc::WriteOperationV2& m) {
    auto out = std::make_shared<plan::Write>();
    out->write_kind = write_kind(m.mode());
    out->query = relation(m.input());
    out->table = identifier(m.table_name());
    out->source = m.provider();
    out->partition_exprs = expressions(m.partitioning_columns());
    out->cluster_by = strings(m.clustering_columns());
    out->options = options(m.options());
    out->table_properties = options(m.table_properties());
    if (m.with_schema_evolution()) allow_schema_evolution(out.get());
    if (out->write_kind == plan::WriteKind::kOverwrite) {
        if (!m.has_overwrite_condition()) {
            throw Error(ErrorKind::kInvalidCommandInput,
                "CONNECT_INVALID_PLAN.FIELD_CANNOT_BE_EMPTY",
                {{"fieldName", "overwrite_condition"},
                    {"fullName", "spark.connect.WriteOperationV2"}});
        }
        out->overwrite_condition = expression(m.overwrite_condition());
    }
    return out;
}

CommandPtr Translator::merge(const sc::MergeIntoTableCommand& m) {
    auto target = std::make_shared<plan::NamedTable>();
    target->name = identifier(m.target_table_name());
    auto out = std::make_shared<plan::Merge>();
    out->target = std::move(target);
    out->source = relation(m.source_table_plan());
    out->condition = expression(m.merge_condition());
    for (const auto& a : m.match_actions()) out->matched.push_back(merge_clause(a));
    for (const auto& a : m.not_matched_actions()) out->not_matched.push_back(merge_clause(a));
    for (const auto& a : m.not_matched_by_source_actions())
        out->not_matched_by_source.push_back(merge_clause(a));
    out->with_schema_evolution = m.with_schema_evolution();
    return out;
}

plan::MergeClause Translator::merge_clause(const Expression& m) {
    if (!m.has_merge_action()) {
        throw Error(ErrorKind::kInvalidCommandInput,
            "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SUPPORTED",
            {{"fullName", "spark.connect.Expression"}, {"name", "expr_type"},
                {"number", std::to_string(m.expr_type_case())}});
    }
    const auto& a = m.merge_action();
    plan::MergeClause out;
    using Action = plan::MergeClause::Action;
    switch (a.action_type()) {
        case sc::MergeAction::ACTION_TYPE_DELETE: out.action = Action::kDelete; break;
        case sc::MergeAction::ACTION_TYPE_INSERT: out.action = Action::kInsert; break;
        case sc::MergeAction::ACTION_TYPE_INSERT_STAR: out.action = Action::kInsertAll; break;
        case sc::MergeAction::ACTION_TYPE_UPDATE: out.action = Action::kUpdate; break;
        case sc::MergeAction::ACTION_TYPE_UPDATE_STAR: out.action = Action::kUpdateAll; break;
        default:
            throw Error(ErrorKind::kInvalidCommandInput, "CONNECT_INVALID_PLAN.INVALID_ENUM",
                {{"fullName", "spark.connect.MergeAction.ActionType"}, {"name", "action_type"},
                    {"number", std::to_string(a.action_type())}});
    }
    if (a.has_condition()) out.condition = expression(a.condition());
    for (const auto& s : a.assignments())
        out.assignments.push_back({expression(s.key()), expression(s.value())});
    return out;
}

CommandPtr Translator::register_function(const sc::CommonInlineUserDefinedFunction& m) {
    return registered(python_udf_from_proto(m));
}

}  // namespace hanok::connect
