# hanok_protos: the Spark Connect and Delta Connect messages, generated from the descriptors inside the client packages.
# Hidden visibility: two visible copies of one message in a process crash it.
set(spark_protos ${HANOK_SITE_PACKAGES}/pyspark/sql/connect/proto)
set(delta_protos ${HANOK_SITE_PACKAGES}/delta/connect/proto)
set(gen ${CMAKE_BINARY_DIR}/gen)
set(fds ${gen}/connect.fds.pb)

set(proto_files)
set(generated)
foreach(package spark delta)
    file(GLOB modules RELATIVE ${${package}_protos} ${${package}_protos}/*_pb2.py)
    if(NOT modules)
        message(FATAL_ERROR "No ${package} messages in .venv: run 'make setup' first.")
    endif()
    foreach(module ${modules})
        string(REPLACE "_pb2.py" "" name ${module})
        list(APPEND proto_files ${package}/connect/${name}.proto)
        list(APPEND generated ${gen}/${package}/connect/${name}.pb.cc)
        list(APPEND headers ${gen}/${package}/connect/${name}.pb.h)
    endforeach()
endforeach()
# The only service is in base.proto; protoc writes empty stubs for the other files.
set(service ${gen}/spark/connect/base.grpc.pb)

find_program(HANOK_PROTOC protoc REQUIRED)
find_program(HANOK_GRPC_PLUGIN grpc_cpp_plugin REQUIRED)
file(MAKE_DIRECTORY ${gen})
add_custom_command(
    OUTPUT ${fds}
    COMMAND ${HANOK_PYTHON} ${CMAKE_SOURCE_DIR}/cmake/extract_descriptors.py ${fds} ${spark_protos} ${delta_protos}
    DEPENDS ${CMAKE_SOURCE_DIR}/cmake/extract_descriptors.py
    VERBATIM)
add_custom_command(
    OUTPUT ${generated} ${headers} ${service}.cc ${service}.h
    COMMAND ${HANOK_PROTOC} --descriptor_set_in=${fds} --cpp_out=${gen} ${proto_files}
    COMMAND ${HANOK_PROTOC} --descriptor_set_in=${fds} --grpc_out=${gen}
        --plugin=protoc-gen-grpc=${HANOK_GRPC_PLUGIN} spark/connect/base.proto
    DEPENDS ${fds}
    VERBATIM)

add_library(hanok_protos STATIC ${generated} ${service}.cc ${headers} ${service}.h)
target_include_directories(hanok_protos SYSTEM PUBLIC ${gen})
target_compile_options(hanok_protos PRIVATE -w -fvisibility=hidden -fvisibility-inlines-hidden
    $<$<CONFIG:Release>:-O1>)
target_link_libraries(hanok_protos PUBLIC protobuf::libprotobuf gRPC::grpc++)
