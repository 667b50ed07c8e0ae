// AnalyzePlan: questions about a plan that need no execution.

#include <google/protobuf/arena.h>
#include <spark/connect/base.pb.h>

#include "connect/data_type_codec.h"
#include "connect/request_plan.h"
#include "connect/service_state.h"
#include "connect/translator/translator.h"

namespace hanok::connect::rpc {

namespace {

constexpr const char* kSparkVersion = "4.2.0";

ExplainMode explain_mode(sc::AnalyzePlanRequest::Explain::ExplainMode mode) {
    using E = sc::AnalyzePlanRequest::Explain;
    switch (mode) {
        case E::EXPLAIN_MODE_SIMPLE: return ExplainMode::kSimple;
        case E::EXPLAIN_MODE_EXTENDED: return ExplainMode::kExtended;
        case E::EXPLAIN_MODE_CODEGEN: return ExplainMode::kCodegen;
        case E::EXPLAIN_MODE_COST: return ExplainMode::kCost;
        case E::EXPLAIN_MODE_FORMATTED: return ExplainMode::kFormatted;
        default: break;
    }
    throw invalid_plan(
        "INVALID_ENUM", {{"fullName", "spark.connect.AnalyzePlanRequest.Explain.ExplainMode"},
                            {"name", "explain_mode"}, {"number", std::to_string(mode)}});
}

StorageLevel level_from_proto(const sc::StorageLevel& m) {
    return {m.use_disk(), m.use_memory(), m.use_off_heap(), m.deserialized(), m.replication()};
}

void level_to_proto(const StorageLevel& level, sc::StorageLevel* m) {
    m->set_use_disk(level.use_disk);
    m->set_use_memory(level.use_memory);
    m->set_use_off_heap(level.use_off_heap);
    m->set_deserialized(level.deserialized);
    m->set_replication(level.replication);
}

// DataFrame.persist() without a level.
StorageLevel default_level() { return {true, true, false, true, 1}; }

class Analysis {
public:
    Analysis(Call& call, ConnectSession& session)
        : call_(call), backend_(session.backend()), session_(session) {}

    // False when the request is none of its kinds.
    bool about_plan(const sc::AnalyzePlanRequest& m, sc::AnalyzePlanResponse* out);
    bool about_storage(const sc::AnalyzePlanRequest& m, sc::AnalyzePlanResponse* out);

private:
    plan::RelationPtr relation(const sc::Plan& plan) {
        PlanRoot root = plan_root(plan, call_.state.options.max_plan_bytes, &arena_);
        if (!root.relation) {
            throw invalid_plan("INVALID_ONE_OF_FIELD_NOT_SUPPORTED",
                {{"fullName", "spark.connect.Plan"}, {"name", "op_type"}, {"number", "2"}});
        }
        return relation(*root.relation);
    }
    plan::RelationPtr relation(const sc::Relation& message) {
        return translator_for(session_).relation(message);
    }

    Call& call_;
    SessionBackend& backend_;
    ConnectSession& session_;
    google::protobuf::Arena arena_;
};

bool Analysis::about_plan(const sc::AnalyzePlanRequest& m, sc::AnalyzePlanResponse* out) {
    using A = sc::AnalyzePlanRequest;
    switch (m.analyze_case()) {
        case A::kSchema:
            type_to_proto(*backend_.schema(relation(m.schema().plan())),
                out->mutable_schema()->mutable_schema());
            return true;
        case A::kExplain:
            out->mutable_explain()->set_explain_string(backend_.explain(
                relation(m.explain().plan()), explain_mode(m.explain().explain_mode())));
            return true;
        case A::kTreeString: {
            std::optional<int> level;
            if (m.tree_string().has_level()) level = m.tree_string().level();
            out->mutable_tree_string()->set_tree_string(
                backend_.tree_string(relation(m.tree_string().plan()), level));
            return true;
        }
        case A::kIsLocal:
            out->mutable_is_local()->set_is_local(backend_.is_local(relation(m.is_local().plan())));
            return true;
        case A::kIsStreaming:
            out->mutable_is_streaming()->set_is_streaming(
                backend_.is_streaming(relation(m.is_streaming().plan())));
            return true;
        case A::kInputFiles: {
            auto* files = out->mutable_input_files();
            for (auto& file : backend_.input_files(relation(m.input_files().plan())))
                files->add_files(std::move(file));
            return true;
        }
        case A::kSameSemantics: {
            auto target = relation(m.same_semantics().target_plan());
            auto other = relation(m.same_semantics().other_plan());
            out->mutable_same_semantics()->set_result(backend_.same_semantics(target, other));
            return true;
        }
        case A::kSemanticHash:
            out->mutable_semantic_hash()->set_result(
                backend_.semantic_hash(relation(m.semantic_hash().plan())));
            return true;
        default: return false;
    }
}

bool Analysis::about_storage(const sc::AnalyzePlanRequest& m, sc::AnalyzePlanResponse* out) {
    using A = sc::AnalyzePlanRequest;
    switch (m.analyze_case()) {
        case A::kPersist: {
            const auto& p = m.persist();
            backend_.persist(relation(p.relation()),
                p.has_storage_level() ? level_from_proto(p.storage_level()) : default_level());
            out->mutable_persist();
            return true;
        }
        case A::kUnpersist:
            backend_.unpersist(relation(m.unpersist().relation()), m.unpersist().blocking());
            out->mutable_unpersist();
            return true;
        case A::kGetStorageLevel:
            level_to_proto(backend_.storage_level(relation(m.get_storage_level().relation())),
                out->mutable_get_storage_level()->mutable_storage_level());
            return true;
        default: return false;
    }
}

}  // namespace

void analyze_plan(
    Call& call, const sc::AnalyzePlanRequest& request, sc::AnalyzePlanResponse* response) {
    ConnectSession& session = call.open(request);
    sign(session, response);
    switch (request.analyze_case()) {
        case sc::AnalyzePlanRequest::kSparkVersion:
            response->mutable_spark_version()->set_version(kSparkVersion);
            return;
        case sc::AnalyzePlanRequest::kDdlParse: {
            auto type = sql::parse_type_or_schema(
                request.ddl_parse().ddl_string(), session.backend().parser_options());
            type_to_proto(*type, response->mutable_ddl_parse()->mutable_parsed());
            return;
        }
        case sc::AnalyzePlanRequest::kJsonToDdl: {
            auto type = types::type_from_json(request.json_to_ddl().json_string());
            response->mutable_json_to_ddl()->set_ddl_string(
                type->is(types::TypeId::kStruct) ? type->ddl() : type->sql());
            return;
        }
        default: break;
    }
    Analysis analysis(call, session);
    if (analysis.about_plan(request, response) || analysis.about_storage(request, response)) return;
    throw invalid_plan(
        "UNKNOWN_ANALYZE_METHOD", {{"other", std::to_string(request.analyze_case())}});
}

}  // namespace hanok::connect::rpc
