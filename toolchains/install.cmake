# Install rules: headers, archives, find_package(leat CONFIG) and pkg-config.
include(CMakePackageConfigHelpers)

get_property(leat_ports GLOBAL PROPERTY LEAT_PORTS)
install(DIRECTORY include/leat DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} OPTIONAL
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(TARGETS leat ${leat_ports} EXPORT leatTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT leatTargets NAMESPACE leat:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/leat)
configure_file(toolchains/leatConfig.cmake.in leatConfig.cmake @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/leatConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/leatConfig.cmake ${PROJECT_BINARY_DIR}/leatConfigVersion.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/leat)

# The ports name leat's symbols, so they come first; leat, last.
set(leat_pc_libs "")
foreach(port IN LISTS leat_ports)
    string(APPEND leat_pc_libs "-l${port} ")
endforeach()
set(leat_pc_private "")
if(TARGET leat_cares)
    string(APPEND leat_pc_private "-lcares ")
endif()
if(TARGET leat_sqlite)
    string(APPEND leat_pc_private "-lsqlite3 ")
endif()
file(RELATIVE_PATH leat_pc_prefix
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(toolchains/leat.pc.in leat.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/leat.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
