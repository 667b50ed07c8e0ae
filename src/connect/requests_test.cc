// Requests as bytes: deep, large, compressed, malformed; sessions, configuration, artifacts,
// errors.

#include <zstd.h>

#include "connect/artifacts.h"
#include "connect/connect_fixture.h"
#include "connect/message_parser.h"

namespace hanok::connect {
namespace {

using Requests = ConnectFixture;

// df.limit(1).limit(1)… `depth` times, two levels of messages each.
void nest_limits(int depth, sc::Relation* relation) {
    for (int i = 0; i < depth; ++i) {
        relation->mutable_limit()->set_limit(1);
        relation = relation->mutable_limit()->mutable_input();
    }
    relation->mutable_range()->set_end(1);
    relation->mutable_range()->set_step(1);
}

TEST_F(Requests, DeepPlansRunAndDeeperOnesAreRefused) {
    start();
    auto q = range(1);
    nest_limits(2000, q.mutable_plan()->mutable_root());
    EXPECT_TRUE(execute(q).status.ok());
    nest_limits(20'000, q.mutable_plan()->mutable_root());
    q.set_operation_id(uuid());
    EXPECT_TRUE(says(execute(q).status, "CONNECT_INVALID_PLAN.CANNOT_PARSE"));
    EXPECT_TRUE(execute(range(1)).status.ok());
}

TEST_F(Requests, ALargeRequestIsRefused) {
    options_.max_inbound_bytes = 1 << 20;
    start();
    auto q = range(1);
    q.mutable_plan()->mutable_root()->mutable_local_relation()->set_data(std::string(2 << 20, 'x'));
    EXPECT_EQ(execute(q).status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_TRUE(execute(range(1)).status.ok());
}

TEST_F(Requests, CompressedPlansRunUpToTheLimit) {
    options_.max_plan_bytes = 1 << 20;
    start();
    auto compressed = [&](const sc::Relation& relation) {
        std::string plain = relation.SerializeAsString();
        std::string packed(ZSTD_compressBound(plain.size()), '\0');
        packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 1));
        auto q = range(1);
        auto* operation = q.mutable_plan()->mutable_compressed_operation();
        operation->set_data(packed);
        operation->set_op_type(sc::Plan::CompressedOperation::OP_TYPE_RELATION);
        operation->set_compression_codec(sc::COMPRESSION_CODEC_ZSTD);
        return q;
    };
    auto small = compressed(range(1234).plan().root());
    EXPECT_EQ(execute(small).rows(), 1234);

    sc::Relation large;
    large.mutable_local_relation()->set_data(std::string(2 << 20, 'x'));
    EXPECT_TRUE(
        says(execute(compressed(large)).status, "CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX"));

    auto torn = small;
    auto* data = torn.mutable_plan()->mutable_compressed_operation()->mutable_data();
    data->resize(data->size() / 2);
    torn.set_operation_id(uuid());
    EXPECT_TRUE(says(execute(torn).status, "CONNECT_INVALID_PLAN.CANNOT_PARSE"));
}

TEST_F(Requests, SessionsAreToldApart) {
    start();
    auto q = range(1);
    Outcome out = execute(q);
    std::string server_id = out.responses[0].server_side_session_id();

    auto next = range(1);
    next.set_client_observed_server_side_session_id(server_id);
    EXPECT_EQ(execute(next).responses[0].server_side_session_id(), server_id);
    next = range(1);
    next.set_client_observed_server_side_session_id(uuid());
    EXPECT_TRUE(says(execute(next).status, "INVALID_HANDLE.SESSION_CHANGED"));
    next = range(1);
    next.mutable_user_context()->set_user_id("bob");
    EXPECT_NE(execute(next).responses[0].server_side_session_id(), server_id);
    next = range(1);
    next.set_session_id("x");
    EXPECT_TRUE(says(execute(next).status, "INVALID_HANDLE.FORMAT"));
    auto unknown = reattach(q.operation_id(), "");
    unknown.set_session_id(uuid());
    EXPECT_TRUE(says(execute(unknown).status, "INVALID_HANDLE.SESSION_NOT_FOUND"));
}

TEST_F(Requests, AReleasedSessionStaysClosedUnlessReconnectionIsAllowed) {
    start();
    std::string before = execute(range(1)).responses[0].server_side_session_id();
    auto q = request<sc::ReleaseSessionRequest>();
    for (bool allow_reconnect : {true, false}) {
        q.set_allow_reconnect(allow_reconnect);
        grpc::ClientContext context;
        sc::ReleaseSessionResponse a;
        ASSERT_TRUE(stub_->ReleaseSession(&context, q, &a).ok());
        EXPECT_EQ(a.server_side_session_id(), before);
        EXPECT_TRUE(eventually([&] { return backend_.open_sessions == 0; }));
        Outcome out = execute(range(1));
        EXPECT_EQ(out.status.ok(), allow_reconnect);
        if (!allow_reconnect) {
            EXPECT_TRUE(says(out.status, "INVALID_HANDLE.SESSION_CLOSED"));
        } else {
            EXPECT_NE(out.responses[0].server_side_session_id(), before);
            before = out.responses[0].server_side_session_id();
        }
    }
}

TEST_F(Requests, IdleSessionsEnd) {
    options_.session_idle_timeout = std::chrono::milliseconds(50);
    start();
    auto q = range(1);
    ASSERT_TRUE(execute(q).status.ok());
    release(q.operation_id(), "");
    EXPECT_EQ(backend_.open_sessions, 1);
    EXPECT_TRUE(eventually([&] { return backend_.open_sessions == 0; }));
}

TEST_F(Requests, ClonesHaveTheConfigurationAndTheirOwnId) {
    start();
    auto set = request<sc::ConfigRequest>();
    auto* pair = set.mutable_operation()->mutable_set()->add_pairs();
    pair->set_key("a.b");
    pair->set_value("1");
    grpc::ClientContext c1;
    sc::ConfigResponse answer;
    ASSERT_TRUE(stub_->Config(&c1, set, &answer).ok());

    auto clone = request<sc::CloneSessionRequest>();
    clone.set_new_session_id(uuid());
    grpc::ClientContext c2;
    sc::CloneSessionResponse cloned;
    ASSERT_TRUE(stub_->CloneSession(&c2, clone, &cloned).ok());
    EXPECT_EQ(cloned.new_session_id(), clone.new_session_id());
    EXPECT_NE(cloned.new_server_side_session_id(), cloned.server_side_session_id());

    auto get = request<sc::ConfigRequest>();
    get.set_session_id(cloned.new_session_id());
    get.mutable_operation()->mutable_get_all()->set_prefix("a.");
    grpc::ClientContext c3;
    ASSERT_TRUE(stub_->Config(&c3, get, &answer).ok());
    ASSERT_EQ(answer.pairs_size(), 1);
    EXPECT_EQ(answer.pairs(0).key(), "b");

    grpc::ClientContext c4;
    EXPECT_TRUE(says(stub_->CloneSession(&c4, clone, &cloned),
        "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS"));
}

TEST_F(Requests, ConfigurationKindsAnswerAsSpark) {
    start();
    auto ask = [&](auto fill, sc::ConfigResponse* answer) {
        auto q = request<sc::ConfigRequest>();
        fill(q.mutable_operation());
        grpc::ClientContext context;
        return stub_->Config(&context, q, answer);
    };
    sc::ConfigResponse a;
    EXPECT_TRUE(says(
        ask([](auto* op) { op->mutable_get()->add_keys("no.such"); }, &a), "SQL_CONF_NOT_FOUND"));
    ASSERT_TRUE(ask([](auto* op) { op->mutable_get_option()->add_keys("no.such"); }, &a).ok());
    EXPECT_FALSE(a.pairs(0).has_value());
    ASSERT_TRUE(ask(
        [](auto* op) {
            auto* pair = op->mutable_get_with_default()->add_pairs();
            pair->set_key("no.such");
            pair->set_value("7");
        },
        &a)
                    .ok());
    EXPECT_EQ(a.pairs(0).value(), "7");
    ASSERT_TRUE(
        ask([](auto* op) { op->mutable_is_modifiable()->add_keys("spark.static"); }, &a).ok());
    EXPECT_EQ(a.pairs(0).value(), "false");
    auto set_static = [](bool silent) {
        return [silent](auto* op) {
            auto* pair = op->mutable_set()->add_pairs();
            pair->set_key("spark.static");
            pair->set_value("1");
            op->mutable_set()->set_silent(silent);
        };
    };
    EXPECT_FALSE(ask(set_static(false), &a).ok());
    ASSERT_TRUE(ask(set_static(true), &a).ok());
    EXPECT_EQ(a.warnings_size(), 1);
}

TEST_F(Requests, ErrorsCarryDetailsThatCanBeFetchedOnce) {
    start();
    auto q = range(1);
    auto* source = q.mutable_plan()->mutable_root()->mutable_read()->mutable_data_source();
    source->set_format("csv");
    source->add_paths("/missing.csv");
    Outcome out = execute(q);
    ASSERT_TRUE(says(out.status, "PATH_NOT_FOUND")) << out.status.error_message();
    std::string details = out.status.error_details();
    for (const char* part :
        {"google.rpc.ErrorInfo", "org.apache.spark.sql.AnalysisException", "errorClass",
            "messageParameters", R"({"path":"/missing.csv"})", "sqlState", "errorId"}) {
        EXPECT_NE(details.find(part), std::string::npos) << part;
    }
    auto fetch = request<sc::FetchErrorDetailsRequest>();
    fetch.set_error_id(details.substr(details.find("errorId") + 9, 36));
    sc::FetchErrorDetailsResponse a;
    grpc::ClientContext c1;
    ASSERT_TRUE(stub_->FetchErrorDetails(&c1, fetch, &a).ok());
    ASSERT_EQ(a.errors_size(), 1);
    EXPECT_EQ(a.errors(0).spark_throwable().error_class(), "PATH_NOT_FOUND");
    EXPECT_EQ(a.errors(0).spark_throwable().query_contexts(0).call_site(), "notebook.py:7");
    EXPECT_FALSE(a.errors(0).spark_throwable().has_breaking_change_info());
    grpc::ClientContext c2;
    sc::FetchErrorDetailsResponse again;
    ASSERT_TRUE(stub_->FetchErrorDetails(&c2, fetch, &again).ok());
    EXPECT_FALSE(again.has_root_error_idx());
}

TEST_F(Requests, LongErrorsFitIntoMetadata) {
    start();
    auto q = range(1);
    std::string path;
    for (int i = 0; i < 3000; ++i) path += "한";
    q.mutable_plan()->mutable_root()->mutable_read()->mutable_data_source()->add_paths(path);
    Outcome out = execute(q);
    EXPECT_TRUE(says(out.status, "PATH_NOT_FOUND"));
    EXPECT_LT(out.status.error_message().size(), 2100u);
    EXPECT_EQ(out.status.error_details().find("messageParameters"), std::string::npos);
}

TEST_F(Requests, AnalysisAnswersEveryKind) {
    start();
    auto ask = [&](auto fill) {
        auto q = request<sc::AnalyzePlanRequest>();
        fill(&q);
        grpc::ClientContext context;
        sc::AnalyzePlanResponse a;
        grpc::Status status = stub_->AnalyzePlan(&context, q, &a);
        EXPECT_TRUE(status.ok()) << status.error_message();
        return a;
    };
    sc::Plan plan = range(1).plan();
    EXPECT_EQ(ask([](auto* q) { q->mutable_spark_version(); }).spark_version().version(), "4.2.0");
    EXPECT_EQ(ask([&](auto* q) { *q->mutable_schema()->mutable_plan() = plan; })
                  .schema()
                  .schema()
                  .struct_()
                  .fields_size(),
        1);
    EXPECT_EQ(ask([&](auto* q) {
        *q->mutable_tree_string()->mutable_plan() = plan;
        q->mutable_tree_string()->set_level(2);
    })
                  .tree_string()
                  .tree_string(),
        "level 2");
    EXPECT_EQ(ask([&](auto* q) { *q->mutable_input_files()->mutable_plan() = plan; })
                  .input_files()
                  .files_size(),
        2);
    EXPECT_TRUE(
        ask([&](auto* q) { *q->mutable_is_local()->mutable_plan() = plan; }).is_local().is_local());
    EXPECT_FALSE(ask([&](auto* q) { *q->mutable_is_streaming()->mutable_plan() = plan; })
                     .is_streaming()
                     .is_streaming());
    EXPECT_TRUE(ask([&](auto* q) {
        *q->mutable_same_semantics()->mutable_target_plan() = plan;
        *q->mutable_same_semantics()->mutable_other_plan() = plan;
    })
                    .same_semantics()
                    .result());
    ask([&](auto* q) { *q->mutable_persist()->mutable_relation() = plan.root(); });
    auto level = ask(
        [&](auto* q) { *q->mutable_get_storage_level()->mutable_relation() = plan.root(); });
    EXPECT_TRUE(level.get_storage_level().storage_level().use_memory());
    ask([&](auto* q) { *q->mutable_unpersist()->mutable_relation() = plan.root(); });
    EXPECT_EQ(ask([](auto* q) {
        q->mutable_json_to_ddl()->set_json_string(
            R"({"type":"struct","fields":[)"
            R"({"name":"a","type":"integer","nullable":true,"metadata":{}}]})");
    })
                  .json_to_ddl()
                  .ddl_string(),
        "a INT");
}

class Uploads : public ConnectFixture {
protected:
    grpc::Status upload(
        const std::vector<sc::AddArtifactsRequest>& messages, sc::AddArtifactsResponse* answer) {
        grpc::ClientContext context;
        auto writer = stub_->AddArtifacts(&context, answer);
        for (const auto& m : messages) {
            if (!writer->Write(m)) break;
        }
        writer->WritesDone();
        return writer->Finish();
    }
    sc::AddArtifactsRequest single(const std::string& name, const std::string& data, int64_t crc) {
        auto q = request<sc::AddArtifactsRequest>();
        auto* a = q.mutable_batch()->add_artifacts();
        a->set_name(name);
        a->mutable_data()->set_data(data);
        a->mutable_data()->set_crc(crc);
        return q;
    }
    bool exists(const std::string& name) {
        auto q = request<sc::ArtifactStatusesRequest>();
        q.add_names(name);
        grpc::ClientContext context;
        sc::ArtifactStatusesResponse a;
        EXPECT_TRUE(stub_->ArtifactStatus(&context, q, &a).ok());
        return a.statuses().at(name).exists();
    }
};

TEST_F(Uploads, ArriveWholeOrInChunksAndAreChecked) {
    start();
    sc::AddArtifactsResponse a;
    ASSERT_TRUE(
        upload({single("cache/aa", "hello", crc32("hello")), single("files/b", "x", 1)}, &a).ok());
    ASSERT_EQ(a.artifacts_size(), 2);
    EXPECT_TRUE(a.artifacts(0).is_crc_successful());
    EXPECT_FALSE(a.artifacts(1).is_crc_successful());
    EXPECT_TRUE(exists("cache/aa"));
    EXPECT_FALSE(exists("files/b"));

    auto begin = request<sc::AddArtifactsRequest>();
    auto* b = begin.mutable_begin_chunk();
    b->set_name("cache/big");
    b->set_total_bytes(6);
    b->set_num_chunks(2);
    b->mutable_initial_chunk()->set_data("abc");
    b->mutable_initial_chunk()->set_crc(crc32("abc"));
    auto rest = request<sc::AddArtifactsRequest>();
    rest.mutable_chunk()->set_data("def");
    rest.mutable_chunk()->set_crc(crc32("def"));
    ASSERT_TRUE(upload({begin, rest}, &a).ok());
    EXPECT_TRUE(exists("cache/big"));
    EXPECT_FALSE(upload({begin}, &a).ok());
    EXPECT_TRUE(says(upload({single("../x", "y", crc32("y"))}, &a), "INVALID_ARTIFACT_PATH"));
}

TEST_F(Uploads, ServeCachedLocalRelations) {
    start();
    sc::LocalRelation local;
    local.set_schema(R"({"type":"struct","fields":[]})");
    std::string bytes = local.SerializeAsString();
    sc::AddArtifactsResponse a;
    ASSERT_TRUE(upload({single("cache/abc", bytes, crc32(bytes))}, &a).ok());
    auto q = range(1);
    q.mutable_plan()->mutable_root()->mutable_cached_local_relation()->set_hash("abc");
    EXPECT_TRUE(execute(q).status.ok());
    q = range(1);
    q.mutable_plan()->mutable_root()->mutable_cached_local_relation()->set_hash("missing");
    EXPECT_TRUE(says(execute(q).status, "CONNECT_INVALID_PLAN.CANNOT_FIND_CACHED_LOCAL_RELATION"));
}

TEST_F(Requests, APortInUseIsAnError) {
    start();
    try {
        auto second = ConnectServer::start("127.0.0.1", server_->port(), backend_, options_);
        FAIL() << "two servers on one port";
    } catch (const Error& error) {
        EXPECT_EQ(error.condition(), "HANOK_PORT_IN_USE");
    }
}

}  // namespace
}  // namespace hanok::connect
