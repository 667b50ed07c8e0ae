#include <spark/connect/catalog.pb.h>
#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/arrow_types.h"
#include "connect/data_type_codec.h"
#include "connect/message_parser.h"
#include "connect/translator/fields.h"
#include "connect/translator/translator.h"
#include "session/stream_source.h"

namespace hanok::connect {

namespace sc = spark::connect;
using MutableRelation = std::shared_ptr<plan::Relation>;

namespace {

types::TypePtr struct_from_text(const std::string& text) {
    types::TypePtr type = type_from_text(text);
    if (!type->is(types::TypeId::kStruct)) {
        throw invalid_plan(
            "INVALID_SCHEMA_NON_STRUCT_TYPE", {{"inputSchema", text}, {"dataType", type->sql()}});
    }
    return type;
}

MutableRelation range(const sc::Range& m) {
    auto out = std::make_shared<plan::Range>();
    out->start = m.start();
    out->end = m.end();
    out->step = m.step();
    if (m.has_num_partitions()) out->num_partitions = m.num_partitions();
    return out;
}

}  // namespace

MutableRelation Translator::source_relation(const Relation& m) {
    switch (m.rel_type_case()) {
        case Relation::kRead: return read(m.read());
        case Relation::kSql: return sql(m);
        case Relation::kRange: return range(m.range());
        case Relation::kLocalRelation: return local(m.local_relation());
        case Relation::kCachedLocalRelation: return cached_local(m.cached_local_relation().hash());
        case Relation::kChunkedCachedLocalRelation: {
            const auto& c = m.chunked_cached_local_relation();
            if (c.datahashes().empty() && !c.has_schemahash()) {
                throw invalid_plan("CHUNKED_CACHED_LOCAL_RELATION_WITHOUT_DATA");
            }
            auto out = std::make_shared<plan::LocalData>();
            for (const auto& hash : c.datahashes()) out->arrow_streams.push_back(cached_blob(hash));
            if (c.has_schemahash()) out->schema = struct_from_text(*cached_blob(c.schemahash()));
            if (!out->schema) out->schema = schema_of_stream(*out->arrow_streams.front());
            return out;
        }
        case Relation::kCachedRemoteRelation: {
            auto out = std::make_shared<plan::CachedRelation>();
            out->relation_id = m.cached_remote_relation().relation_id();
            return out;
        }
        case Relation::kUnresolvedTableValuedFunction: {
            auto out = std::make_shared<plan::TableFunction>();
            out->name = {m.unresolved_table_valued_function().function_name()};
            out->args = expressions(m.unresolved_table_valued_function().arguments());
            return out;
        }
        case Relation::kCatalog: return catalog(m);
        default: return nullptr;
    }
}

MutableRelation Translator::read(const sc::Read& m) {
    // A source of data as a stream has a schema, but it cannot run (session/stream_source.h).
    if (m.is_streaming() && !m.has_data_source()) throw unsupported_feature("Structured Streaming");
    if (m.has_named_table()) {
        auto out = std::make_shared<plan::NamedTable>();
        out->name = identifier(m.named_table().unparsed_identifier());
        out->options = options(m.named_table().options());
        return out;
    }
    if (!m.has_data_source()) {
        throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SET",
            {{"fullName", "spark.connect.Read"}, {"name", "read_type"}});
    }
    const auto& d = m.data_source();
    auto out = std::make_shared<plan::DataSource>();
    out->format = (m.is_streaming() ? session::kStreamPrefix : "") + d.format();
    if (d.has_schema() && !d.schema().empty()) out->schema = struct_from_text(d.schema());
    out->options = options(d.options());
    out->paths = strings(d.paths());
    out->predicates = strings(d.predicates());
    if (!out->predicates.empty() && types::to_lower(out->format) != "jdbc") {
        throw invalid_plan("PREDICATES_NOT_SUPPORTED_FOR_DATA_SOURCE", {{"format", out->format}});
    }
    return out;
}

MutableRelation Translator::local(const sc::LocalRelation& m) {
    auto out = std::make_shared<plan::LocalData>();
    if (m.has_data() && !m.data().empty())
        out->arrow_streams.push_back(std::make_shared<const std::string>(m.data()));
    if (m.has_schema() && !m.schema().empty()) out->schema = struct_from_text(m.schema());
    if (out->arrow_streams.empty() && !out->schema)
        throw invalid_plan("SCHEMA_REQUIRED_FOR_LOCAL_RELATION");
    if (!out->schema) out->schema = schema_of_stream(*out->arrow_streams.front());
    return out;
}

std::shared_ptr<const std::string> Translator::cached_blob(const std::string& hash) {
    auto blob = cached_blobs_ ? cached_blobs_(hash) : nullptr;
    if (!blob) throw invalid_plan("CANNOT_FIND_CACHED_LOCAL_RELATION", {{"hash", hash}});
    return blob;
}

MutableRelation Translator::cached_local(const std::string& hash) {
    auto blob = cached_blob(hash);
    sc::LocalRelation message;
    parse_message(*blob, &message);
    return local(message);
}

// A call is named after its message ("ListTables"); its arguments keep the names of the message's
// fields.
MutableRelation Translator::catalog(const Relation& relation) {
    const auto& m = relation.catalog();
    const auto* reflection = m.GetReflection();
    const auto* chosen = reflection->GetOneofFieldDescriptor(
        m, m.GetDescriptor()->FindOneofByName("cat_type"));
    if (!chosen) {
        throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SET",
            {{"fullName", "spark.connect.Catalog"}, {"name", "cat_type"}});
    }
    auto call = std::make_shared<plan::CatalogCall>();
    call->method = chosen->message_type()->name();
    if (relation.common().has_plan_id())
        call->args["plan_id"] = std::to_string(relation.common().plan_id());
    const auto& args = reflection->GetMessage(m, chosen);
    const auto* fields = args.GetReflection();
    using Field = google::protobuf::FieldDescriptor;
    for (int i = 0; i < args.GetDescriptor()->field_count(); ++i) {
        const Field* f = args.GetDescriptor()->field(i);
        if (f->is_map()) {
            for (int k = 0; k < fields->FieldSize(args, f); ++k) {
                const auto& entry = fields->GetRepeatedMessage(args, f, k);
                const auto* e = entry.GetReflection();
                call->options.emplace_back(e->GetString(entry, entry.GetDescriptor()->map_key()),
                    e->GetString(entry, entry.GetDescriptor()->map_value()));
            }
            std::sort(call->options.begin(), call->options.end());
        } else if (f->cpp_type() == Field::CPPTYPE_STRING) {
            if (!f->has_presence() || fields->HasField(args, f))
                call->args[f->name()] = fields->GetString(args, f);
        } else if (f->cpp_type() == Field::CPPTYPE_BOOL) {
            call->args[f->name()] = fields->GetBool(args, f) ? "true" : "false";
        } else if (f->name() == "schema" && fields->HasField(args, f)) {
            call->schema = type_from_proto(
                static_cast<const sc::DataType&>(fields->GetMessage(args, f)));
        } else if (f->name() == "storage_level" && fields->HasField(args, f)) {
            const auto& level = static_cast<const sc::StorageLevel&>(fields->GetMessage(args, f));
            call->args["storage_level"] = std::string(level.use_memory() ? "memory " : "") +
                                          (level.use_disk() ? "disk " : "") +
                                          (level.use_off_heap() ? "off_heap " : "") +
                                          (level.deserialized() ? "deserialized " : "");
            call->args["replication"] = std::to_string(level.replication());
        }
    }
    auto out = std::make_shared<plan::CommandResult>();
    out->command = std::move(call);
    return out;
}

}  // namespace hanok::connect
