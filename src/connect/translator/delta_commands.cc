#include <delta/connect/commands.pb.h>

#include <algorithm>

#include "base/error.h"
#include "connect/data_type_codec.h"
#include "connect/message_parser.h"
#include "connect/translator/delta_extension.h"
#include "connect/translator/fields.h"
#include "sql/parser.h"

namespace hanok::connect {

namespace dc = delta::connect;
using plan::CommandPtr;

namespace {

CommandPtr vacuum(plan::Name name, const dc::VacuumTable& m) {
    auto out = std::make_shared<plan::Vacuum>();
    out->name.parts = std::move(name);
    if (m.has_retention_hours()) out->retain_hours = m.retention_hours();
    return out;
}

CommandPtr alter(plan::Name name, plan::AlterAction action) {
    auto out = std::make_shared<plan::AlterTable>();
    out->name.parts = std::move(name);
    out->action = std::move(action);
    return out;
}

CommandPtr upgrade_protocol(plan::Name name, const dc::UpgradeTableProtocol& m) {
    plan::AlterAction action;
    action.kind = plan::AlterAction::Kind::kSetProperties;
    action.properties = {{"delta.minReaderVersion", std::to_string(m.reader_version())},
        {"delta.minWriterVersion", std::to_string(m.writer_version())}};
    return alter(std::move(name), std::move(action));
}

CommandPtr change_feature(plan::Name name, plan::AlterAction::Kind kind, const std::string& feature,
    bool truncates_history = false) {
    plan::AlterAction action;
    action.kind = kind;
    action.text = feature;
    if (truncates_history) action.keys = {"TRUNCATE HISTORY"};
    return alter(std::move(name), std::move(action));
}

plan::ColumnDef column(const dc::CreateDeltaTable::Column& m) {
    plan::ColumnDef out;
    out.name = m.name();
    out.type = type_from_proto(m.data_type());
    out.nullable = m.nullable();
    out.has_comment = m.has_comment();
    out.comment = m.comment();
    out.generation_sql = m.generated_always_as();
    if (m.has_identity_info()) {
        const auto& i = m.identity_info();
        out.identity = plan::ColumnDef::Identity{i.start(), i.step(), i.allow_explicit_insert()};
    }
    return out;
}

}  // namespace

bool DeltaExtension::is_command(const std::string& type_url) {
    return type_url.ends_with("/delta.connect.DeltaCommand");
}

CommandPtr DeltaExtension::command(const std::string& bytes) {
    dc::DeltaCommand m;
    parse_message(bytes, &m);
    using C = dc::DeltaCommand;
    using Alter = plan::AlterAction::Kind;
    switch (m.command_type_case()) {
        case C::kVacuumTable: return vacuum(name(m.vacuum_table().table()), m.vacuum_table());
        case C::kCreateDeltaTable: return create(m.create_delta_table());
        case C::kUpgradeTableProtocol:
            return upgrade_protocol(
                name(m.upgrade_table_protocol().table()), m.upgrade_table_protocol());
        case C::kAddFeatureSupport: {
            const auto& f = m.add_feature_support();
            return change_feature(name(f.table()), Alter::kAddFeature, f.feature_name());
        }
        case C::kDropFeatureSupport: {
            const auto& f = m.drop_feature_support();
            return change_feature(
                name(f.table()), Alter::kDropFeature, f.feature_name(), f.truncate_history());
        }
        case C::kCloneTable: return clone(m.clone_table());
        case C::kGenerate: {
            auto out = std::make_shared<plan::GenerateManifest>();
            out->name.parts = name(m.generate().table());
            out->mode = m.generate().mode();
            return out;
        }
        case C::COMMAND_TYPE_NOT_SET: break;
    }
    throw Error(ErrorKind::kInvalidCommandInput,
        "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET",
        {{"fullName", "delta.connect.DeltaCommand"}, {"name", "command_type"}});
}

CommandPtr DeltaExtension::clone(const dc::CloneTable& m) {
    auto out = std::make_shared<plan::CloneTable>();
    out->source.parts = name(m.table());
    bool is_path = m.target().starts_with('/') || m.target().starts_with("file:");
    out->name.parts = is_path ? plan::Name{"delta", m.target()}
                              : sql::parse_multipart_identifier(m.target(), sql_);
    if (m.has_version()) {
        out->when = plan::TimeTravel{plan::int_literal(m.version()), nullptr};
    } else if (m.has_timestamp()) {
        out->when = plan::TimeTravel{nullptr, plan::string_literal(m.timestamp())};
    }
    out->deep = !m.is_shallow();
    out->or_replace = m.replace();
    out->properties.assign(m.properties().begin(), m.properties().end());
    return out;
}

CommandPtr DeltaExtension::create(const dc::CreateDeltaTable& m) {
    auto out = std::make_shared<plan::CreateTable>();
    out->provider = "delta";
    if (m.has_table_name()) {
        out->name.parts = sql::parse_multipart_identifier(m.table_name(), sql_);
        if (m.has_location()) out->location = m.location();
    } else {
        out->name.parts = {"delta", m.location()};
    }
    out->if_not_exists = m.mode() == dc::CreateDeltaTable::MODE_CREATE_IF_NOT_EXISTS;
    out->replace = m.mode() == dc::CreateDeltaTable::MODE_REPLACE;
    out->or_replace = m.mode() == dc::CreateDeltaTable::MODE_CREATE_OR_REPLACE;
    if (m.has_comment()) out->comment = m.comment();
    for (const auto& c : m.columns()) out->columns.push_back(column(c));
    for (const auto& c : m.partitioning_columns()) {
        plan::PartitionTransform transform;
        transform.args = {plan::attribute({c})};
        out->partitioning.push_back(std::move(transform));
    }
    for (const auto& c : m.clustering_columns()) out->cluster_by.push_back(parse_attribute_name(c));
    out->properties = options(m.properties());
    return out;
}

}  // namespace hanok::connect
