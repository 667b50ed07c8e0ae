#include "rest/http_server.h"

#include <optional>
#include <utility>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <thread>

#include "base/error.h"

namespace hanok::rest {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Routes = std::map<std::string, HttpHandler>;

constexpr auto kIdleTimeout = std::chrono::seconds(30);
constexpr size_t kMaxBodyBytes = 1 << 20;

// One connection: reads a request, answers, and again until the client closes or falls silent.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(tcp::socket socket, const Routes& routes)
        : stream_(std::move(socket)), routes_(routes) {}

    void read() {
        parser_.emplace();
        parser_->body_limit(kMaxBodyBytes);
        stream_.expires_after(kIdleTimeout);
        http::async_read(stream_, buffer_, *parser_,
            [self = shared_from_this()](beast::error_code error, size_t) {
                if (!error) self->answer();
            });
    }

private:
    HttpResponse handle(const http::request<http::string_body>& request) const {
        std::string path(request.target());
        path = path.substr(0, path.find('?'));
        auto route = routes_.find(path);
        auto slash = path.rfind('/');
        std::string below;
        if (route == routes_.end() && slash != std::string::npos) {
            below = path.substr(slash + 1);
            if (!below.empty()) route = routes_.find(path.substr(0, slash + 1));
        }
        if (route == routes_.end()) return {404, "application/json", R"({"error":"not found"})"};
        if (request.method() != http::verb::get && request.method() != http::verb::head) {
            return {405, "application/json", R"({"error":"method not allowed"})"};
        }
        try {
            return route->second(below);
        } catch (const std::exception&) {
            return {500, "application/json", R"({"error":"internal error"})"};
        }
    }

    void answer() {
        const auto& request = parser_->get();
        auto result = handle(request);
        response_ = {static_cast<http::status>(result.status), request.version()};
        response_.set(http::field::content_type, result.content_type);
        response_.set(http::field::server, "hanok");
        response_.keep_alive(request.keep_alive());
        response_.body() = request.method() == http::verb::head ? "" : std::move(result.body);
        response_.prepare_payload();
        http::async_write(
            stream_, response_, [self = shared_from_this()](beast::error_code error, size_t) {
                if (!error && self->response_.keep_alive()) return self->read();
                beast::error_code ignored;
                self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
            });
    }

    beast::tcp_stream stream_;
    const Routes& routes_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
};

}  // namespace

struct HttpServer::Impl {
    explicit Impl(Routes r) : routes(std::move(r)), acceptor(io) {}

    void accept() {
        acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
            if (error) return;
            std::make_shared<Connection>(std::move(socket), routes)->read();
            accept();
        });
    }

    Routes routes;
    asio::io_context io;
    tcp::acceptor acceptor;
    std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<HttpServer> HttpServer::start(const std::string& host, int port, Routes routes) {
    auto impl = std::make_unique<Impl>(std::move(routes));
    beast::error_code error;
    auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
    if (error) throw runtime_error("INVALID_LISTEN_ADDRESS", {{"host", host}});
    tcp::endpoint endpoint(address, static_cast<unsigned short>(port));
    impl->acceptor.open(endpoint.protocol(), error);
    if (!error) impl->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) impl->acceptor.bind(endpoint, error);
    if (!error) impl->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        throw runtime_error("PORT_IN_USE",
            {{"host", host}, {"port", std::to_string(port)}, {"reason", error.message()}});
    }
    impl->accept();
    impl->thread = std::thread([raw = impl.get()] { raw->io.run(); });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const { return impl_->acceptor.local_endpoint().port(); }

void HttpServer::stop() {
    impl_->io.stop();
    if (impl_->thread.joinable()) impl_->thread.join();
}

HttpServer::~HttpServer() { stop(); }

}  // namespace hanok::rest
