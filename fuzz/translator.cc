#include "connect/translator/translator.h"

#include <google/protobuf/arena.h>
#include <spark/connect/base.pb.h>

#include <memory>
#include <string>

#include "base/error.h"
#include "connect/message_parser.h"
#include "fuzz/targets.h"

namespace hanok::fuzz {

namespace {

using spark::connect::Plan;

// Each hash is a blob of itself.
std::shared_ptr<const std::string> blob(const std::string& hash) {
    return std::make_shared<const std::string>(hash);
}

void translate(const Plan& plan) {
    connect::Translator translator(blob, {});
    if (plan.has_root()) translator.relation(plan.root());
    if (!plan.has_command()) return;
    if (plan.command().has_sql_command()) {
        translator.sql_statement(plan.command().sql_command().input());
    } else {
        translator.command(plan.command());
    }
}

}  // namespace

void translator(const uint8_t* data, size_t size) {
    google::protobuf::Arena arena;
    auto* plan = google::protobuf::Arena::CreateMessage<Plan>(&arena);
    try {
        connect::parse_message(std::string(reinterpret_cast<const char*>(data), size), plan);
        translate(*plan);
    } catch (const Error&) {}
}

}  // namespace hanok::fuzz
